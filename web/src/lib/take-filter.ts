import type { VideoView } from "@/api";
import { isRefused } from "@/lib/refused";

export const FILTERS = [
  "all",
  "completed",
  "selected",
  "undecided",
  "rejected",
  "going",
  "waiting",
  "failed",
  "refused",
] as const;
export type TakeFilter = (typeof FILTERS)[number];

export function isFilter(value: unknown): value is TakeFilter {
  return FILTERS.some((each) => each === value);
}

/** Whether a video is shown under a filter. `decided` are the shots that nothing is to be decided on. */
export function passes(video: VideoView, filter: TakeFilter, decided: ReadonlySet<string>): boolean {
  switch (filter) {
    case "all":
      return true;
    case "selected":
      return video.selected;
    case "undecided":
      return video.status === "completed" && !decided.has(video.shot_id);
    case "rejected":
      return video.rejected === true;
    case "going":
      return video.status === "queued" || video.status === "generating";
    case "failed":
      return (video.status === "failed" || video.status === "cancelled") && !isRefused(video);
    case "refused":
      return isRefused(video);
    default:
      return video.status === filter;
  }
}

/** Whether making it again as it is may help: not what was refused, nor what may have been paid already. */
export function isRetryable(video: VideoView): boolean {
  const { status, waiting_for } = video;
  if (isRefused(video)) return false;
  return (
    status === "failed" || status === "cancelled" || (status === "waiting" && waiting_for !== "uncertain")
  );
}

/** How many videos each filter shows. */
export function tally(
  videos: readonly VideoView[],
  decided: ReadonlySet<string>,
): Record<TakeFilter, number> {
  const counts = Object.fromEntries(FILTERS.map((each) => [each, 0])) as Record<TakeFilter, number>;
  for (const video of videos)
    for (const filter of FILTERS) if (passes(video, filter, decided)) counts[filter] += 1;
  return counts;
}
