// What is seen at a frame of a film, and how frames are counted and written.
import type { Film, FilmScene } from "./film-model";

/** Rounded as Python does: halves to the even number. */
export function round(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  if (rest === 0.5) return whole % 2 === 0 ? whole : whole + 1;
  return rest < 0.5 ? whole : whole + 1;
}

/** The scene that is seen at a frame; the last one beyond the end. */
export function sceneAt(film: Film, frame: number): FilmScene | undefined {
  let [low, high] = [0, film.scenes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((film.scenes[middle]?.first ?? 0) <= frame) low = middle;
    else high = middle - 1;
  }
  return film.scenes[low];
}

export type Shown = {
  scene: FilmScene;
  /** The scene that it fades from, and how far that is: 0 all of it, 1 nothing. */
  from: FilmScene | null;
  progress: number;
};

/** What is seen at a frame: one scene, or two under a transition, as the render cuts pieces. */
export function shownAt(film: Film, frame: number): Shown | null {
  const own = sceneAt(film, frame);
  if (!own) return null;
  const place = film.scenes.indexOf(own);
  const next = film.scenes[place + 1];
  const start = own.first - own.before;
  if (own.before && frame < own.first + own.before) {
    return { scene: own, from: film.scenes[place - 1] ?? null, progress: (frame - start) / own.join.frames };
  }
  if (next && frame >= next.first - next.before) {
    return { scene: next, from: own, progress: (frame - next.first + next.before) / next.join.frames };
  }
  return { scene: own, from: null, progress: 1 };
}

/** How far a scene's own time is at a frame, 0 to 1, its handles counted in. */
export function ownTime(scene: FilmScene, frame: number): number {
  const shown = scene.frames + scene.before + scene.after;
  const at = Math.min(Math.max(frame - scene.first + scene.before, 0), shown - 1);
  return at / Math.max(1, shown - 1);
}

/** How many frames a scene has pictures for. */
export const shownFrames = (scene: FilmScene): number => scene.frames + scene.before + scene.after;

/** `0:12.4`. */
export function timecode(frame: number, fps: number): string {
  const tenths = Math.floor((frame * 10) / fps);
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}
