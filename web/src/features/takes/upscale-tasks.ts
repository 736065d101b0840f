// 4K copies on their way: whose they are, and how they ended.
import type { UpscaleView, VideoView } from "@/api";

/** The tasks that have one of these videos in them. */
export function ofThese(
  tasks: readonly UpscaleView[],
  videos: ReadonlyMap<string, VideoView>,
): UpscaleView[] {
  return tasks.filter((task) => task.videos.some((each) => videos.has(each.video_id)));
}

/** How many came of it. One that was stopped is neither. */
export function endOf(task: UpscaleView): { made: number; failed: number } {
  const count = (status: UpscaleView["status"]) =>
    task.videos.filter((each) => each.status === status).length;
  return { made: task.status === "cancelled" ? 0 : count("completed"), failed: count("failed") };
}

/** Those of which a 4K copy can be made: finished, and none there yet. */
export function upscalable(videos: readonly VideoView[]): VideoView[] {
  return videos.filter((each) => each.status === "completed" && !each.upscaled);
}
