import type { VideoView } from "@/api";
import { isRefused } from "@/lib/refused";

export const FILTERS = ["all", "completed", "selected", "going", "waiting", "failed", "refused"] as const;
export type TakeFilter = (typeof FILTERS)[number];

export function isFilter(value: unknown): value is TakeFilter {
  return FILTERS.some((each) => each === value);
}

/** Whether a video is shown under a filter. */
export function passes(video: VideoView, filter: TakeFilter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "selected":
      return video.selected;
    case "going":
      return video.status === "queued" || video.status === "generating";
    case "failed":
      return video.status === "failed" || video.status === "cancelled";
    case "refused":
      return isRefused(video);
    default:
      return video.status === filter;
  }
}

/** Whether a retry of the whole job takes this one along: not one that may have been paid already. */
export function isRetryable({ status, waiting_for }: VideoView): boolean {
  return (
    status === "failed" || status === "cancelled" || (status === "waiting" && waiting_for !== "uncertain")
  );
}

/** How many videos each filter shows. */
export function tally(videos: readonly VideoView[]): Record<TakeFilter, number> {
  const counts = { all: 0, completed: 0, selected: 0, going: 0, waiting: 0, failed: 0, refused: 0 };
  for (const video of videos) for (const filter of FILTERS) if (passes(video, filter)) counts[filter] += 1;
  return counts;
}
