import type { VideoView } from "@/api";
import type { ReviewActions } from "./use-review";

export const MOST_COMPARED = 6;

/** What can be done with a take, wherever it is shown. */
export type TakeActions = ReviewActions & {
  open: (video: VideoView) => void;
  mark: (video: VideoView, range: boolean) => void;
  markShot: (videoIds: string[]) => void;
  regenerate: (video: VideoView) => void;
  decide: (video: VideoView) => void;
  upscale: (videos: VideoView[]) => void;
  /** Compare the takes of a shot, and go on to the others from there; or any takes among each other. */
  compare: (of: { shot: string } | { takes: readonly VideoView[] }) => void;
};
