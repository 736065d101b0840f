// Where the arrow keys lead in a gallery of shots: to the next take, or to the shot above and below.
import type { Shot } from "./shots";

export type Step = { takes: number; rows: number };

/** The take that a step leads to, and the place of its shot; null at an end. */
export function moved(
  shots: readonly Pick<Shot, "takes">[],
  from: string,
  { takes, rows }: Step,
  lanes: number,
): { take: string; shot: number } | null {
  const shot = shots.findIndex((each) => each.takes.some((take) => take.video_id === from));
  const here = shots[shot];
  if (!here) return null;
  const take = here.takes.findIndex((each) => each.video_id === from);
  if (rows !== 0) {
    const other = shots[shot + rows * lanes];
    const same = other?.takes[Math.min(take, other.takes.length - 1)];
    return same ? { take: same.video_id, shot: shot + rows * lanes } : null;
  }
  const beside = here.takes[take + takes];
  if (beside) return { take: beside.video_id, shot };
  const next = shots[shot + takes];
  const edge = takes > 0 ? next?.takes[0] : next?.takes.at(-1);
  return edge ? { take: edge.video_id, shot: shot + takes } : null;
}
