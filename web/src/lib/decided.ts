// Which shots are decided: one of their takes is a pick, or all that are finished are rejected.
import type { VideoView } from "@/api";

type Judged = Pick<VideoView, "shot_id" | "status" | "selected"> & { rejected?: boolean };

/** Decided shots, and all that have something to decide on. */
export function decisions(videos: readonly Judged[]): { decided: ReadonlySet<string>; all: number } {
  const shots = new Map<string, { picked: boolean; open: boolean }>();
  for (const { shot_id, status, selected, rejected } of videos) {
    if (status !== "completed") continue;
    const shot = shots.get(shot_id) ?? { picked: false, open: false };
    shots.set(shot_id, { picked: shot.picked || selected, open: shot.open || !(selected || rejected) });
  }
  const decided = [...shots].filter(([, { picked, open }]) => picked || !open).map(([id]) => id);
  return { decided: new Set(decided), all: shots.size };
}
