// The clock of a preview: one audio element, the voice of the film. Everything else follows what it says.
import { duckedGain, factor } from "./duck";

const MUSIC_DRIFT = 0.08;

export type Music = { url: string; gainDb: number; duckDb: number } | null;
type Span = readonly [number, number];

export type Clock = ReturnType<typeof createClock>;

/** `ended` and `failed` are called as they happen; `moved` when the time has jumped. */
export function createClock(hear: { changed: () => void; failed: () => void }) {
  const voice = new Audio();
  voice.preload = "auto";
  const bed = new Audio();
  bed.preload = "auto";
  let context: AudioContext | null = null;
  let gain: GainNode | null = null;
  let music: Music = null;
  let speech: readonly Span[] = [];
  let rate = 1;
  let wanted: number | null = null;

  for (const event of ["play", "pause", "ended", "seeked", "loadedmetadata"]) {
    voice.addEventListener(event, hear.changed);
  }
  voice.addEventListener("error", hear.failed);
  voice.addEventListener("loadedmetadata", () => {
    if (wanted !== null) voice.currentTime = wanted;
    wanted = null;
  });

  /** Music goes through a gain that ducks it; browsers allow it only after a person has done something. */
  function connect(): void {
    if (context || !music) return;
    context = new AudioContext();
    gain = context.createGain();
    context.createMediaElementSource(bed).connect(gain).connect(context.destination);
  }

  return {
    load(url: string): void {
      if (voice.src.endsWith(url)) return;
      const at = voice.currentTime;
      const played = !voice.paused;
      voice.src = url;
      wanted = at;
      if (played) void voice.play().catch(() => undefined); // a person starts it again
    },
    setMusic(next: Music, spans: readonly Span[]): void {
      speech = spans;
      if (next && !bed.src.endsWith(next.url)) bed.src = next.url;
      if (!next) bed.pause();
      music = next;
    },
    get seconds(): number {
      return wanted ?? voice.currentTime;
    },
    get playing(): boolean {
      return !voice.paused && !voice.ended;
    },
    async play(at = rate): Promise<void> {
      rate = at;
      connect();
      voice.playbackRate = at;
      await context?.resume();
      await voice.play();
    },
    pause(): void {
      voice.pause();
      bed.pause();
    },
    seek(seconds: number): void {
      const at = Math.max(0, seconds);
      if (voice.readyState > 0) voice.currentTime = at;
      else wanted = at;
      hear.changed();
    },
    /** Have the music follow the voice: called for every picture while it plays. */
    follow(): void {
      if (!music || !gain || !context) return;
      if (voice.paused || voice.ended) {
        if (!bed.paused) bed.pause();
        return;
      }
      bed.playbackRate = voice.playbackRate;
      if (Math.abs(bed.currentTime - voice.currentTime) > MUSIC_DRIFT) bed.currentTime = voice.currentTime;
      if (bed.paused) void bed.play().catch(() => undefined); // silent until the next picture tries again
      const level = factor(music.gainDb) * duckedGain(voice.currentTime, speech, music.duckDb);
      gain.gain.setTargetAtTime(level, context.currentTime, 0.01);
    },
    close(): void {
      voice.pause();
      bed.pause();
      voice.removeAttribute("src");
      bed.removeAttribute("src");
      void context?.close();
    },
  };
}
