// Which takes are beside each other when they are compared, shot by shot, and what shape they have.
import type { JobView, VideoView } from "@/api";
import { byShot, type Shot } from "./shots";

/** What is compared: a walk through shots from one of them, or some takes. */
export type Comparing = { shots: readonly string[]; start: string } | { takes: readonly string[] };

/** Shots with something to look at. */
export function comparable(shots: readonly Shot[]): string[] {
  return shots.filter((each) => each.takes.some((take) => take.status === "completed")).map(({ id }) => id);
}

/** Where a walk begins: at the first shot that is not decided. */
export function firstOpen(shotIds: readonly string[], decided: ReadonlySet<string>): string {
  return shotIds.find((each) => !decided.has(each)) ?? shotIds[0] ?? "";
}

/** The takes as they are now. A walk keeps its shots, also when the filter would not show one any more. */
export function groupsOf(
  comparing: Comparing,
  videos: readonly VideoView[],
): { id: string; takes: VideoView[] }[] {
  if ("takes" in comparing) {
    const takes = videos.filter((each) => comparing.takes.includes(each.video_id));
    return takes.length > 0 ? [{ id: "", takes }] : [];
  }
  const shots = byShot(videos.filter((each) => each.status === "completed"));
  return comparing.shots.flatMap((id) => shots.filter((each) => each.id === id));
}

/** Width to height of a job's videos, by its settings: the places are right before the pictures come. */
export function shapeOf(job: JobView): number {
  const { aspect_ratio } = (job.settings.options ?? {}) as { aspect_ratio?: string };
  const [width = 16, height = 9] = (aspect_ratio ?? "").split(":").map(Number);
  return width > 0 && height > 0 ? width / height : 16 / 9;
}
