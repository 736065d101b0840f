// Where things snap on a timeline: words, cuts, the playhead; always whole frames.
import type { Film } from "./film-model";

export type Mark = { frame: number; kind: "word" | "cut" | "playhead" };

/** Everything there is to snap to, in order of frames. */
export function marksOf(film: Film, playhead?: number): Mark[] {
  const marks: Mark[] = [
    ...film.words.flatMap(({ start, end }): Mark[] => [
      { frame: start, kind: "word" },
      { frame: end, kind: "word" },
    ]),
    ...film.scenes.map(({ first }): Mark => ({ frame: first, kind: "cut" })),
    { frame: film.frames, kind: "cut" },
    ...(playhead === undefined ? [] : [{ frame: playhead, kind: "playhead" } as const]),
  ];
  return marks.sort((a, b) => a.frame - b.frame);
}

/** The mark nearest to a frame, at most `reach` frames from it. Of equally near ones the first. */
export function nearest(marks: readonly Mark[], frame: number, reach: number): Mark | null {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.frame ?? 0) < frame) low = middle + 1;
    else high = middle;
  }
  const near = [marks[low - 1], marks[low]].filter((each) => each !== undefined);
  near.sort((a, b) => Math.abs(a.frame - frame) - Math.abs(b.frame - frame));
  const best = near[0];
  return best && Math.abs(best.frame - frame) <= reach ? best : null;
}

/** A whole frame: that of the nearest mark, else its own. */
export function snapped(marks: readonly Mark[], frame: number, reach: number): number {
  return nearest(marks, frame, reach)?.frame ?? Math.round(frame);
}

/** The word or cut before or after a frame: where keys go. */
export function stepTo(marks: readonly Mark[], frame: number, by: 1 | -1): number {
  if (by > 0) return marks.find((each) => each.frame > frame)?.frame ?? frame;
  return marks.findLast((each) => each.frame < frame)?.frame ?? frame;
}
