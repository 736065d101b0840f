import type { VideoView } from "@/api";

/** What can be done with a take, wherever it is shown. */
export type TakeActions = {
  open: (video: VideoView) => void;
  mark: (video: VideoView, range: boolean) => void;
  markShot: (videoIds: string[]) => void;
  select: (video: VideoView, selected: boolean) => void;
  regenerate: (video: VideoView) => void;
  decide: (video: VideoView) => void;
  goOn: () => void;
};
