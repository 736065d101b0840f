// What a sound looks like: the loudest sample of each of a number of equal parts, 0 to 1.

/** The peaks of some samples in `count` parts. */
export function peaksOf(samples: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let part = 0; part < count; part += 1) {
    const from = Math.floor((part * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((part + 1) * samples.length) / count));
    let most = 0;
    for (let at = from; at < to && at < samples.length; at += 1)
      most = Math.max(most, Math.abs(samples[at] ?? 0));
    found.push(Math.min(1, most));
  }
  return found;
}

/** The same, scaled so that the loudest fills the picture; silence stays silent. */
export function scaled(peaks: readonly number[]): number[] {
  const most = Math.max(...peaks, 0.05);
  return peaks.map((each) => each / most);
}

const RATE = 24_000;

/** Fetch sounds and look at them: `pieces` are where they are in a section of `seconds`. */
export async function readPeaks(
  pieces: readonly { url: string; start: number; seconds: number }[],
  seconds: number,
  count: number,
): Promise<number[]> {
  const whole = new Float32Array(Math.max(1, Math.round(seconds * RATE)));
  for (const piece of pieces) {
    const answer = await fetch(piece.url);
    if (!answer.ok) throw new Error(piece.url);
    const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer());
    const at = Math.round(piece.start * RATE);
    whole.set(sound.getChannelData(0).subarray(0, Math.max(0, whole.length - at)), at);
  }
  return scaled(peaksOf(whole, count));
}
