// How loud the music is under speech: what the film's compressor does, as a curve over time.

const ATTACK_SECONDS = 0.02;
const RELEASE_SECONDS = 0.4;

/** The gain (1 as it is) at a time, for speech in these spans (seconds, in order). */
export function duckedGain(
  seconds: number,
  speech: readonly (readonly [number, number])[],
  duckDb: number,
): number {
  const low = 10 ** (-duckDb / 20);
  let share = 0; // 1: fully lowered
  for (const [start, end] of speech) {
    if (start > seconds) break;
    const down = 1 - Math.exp(-(Math.min(seconds, end) - start) / ATTACK_SECONDS);
    const up = seconds > end ? Math.exp(-(seconds - end) / RELEASE_SECONDS) : 1;
    share = Math.max(share, down * up);
  }
  return 1 - (1 - low) * share;
}

/** dB as a factor. */
export const factor = (db: number): number => 10 ** (db / 20);
