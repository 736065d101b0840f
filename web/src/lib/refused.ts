import type { VideoView } from "@/api";

/** Whether the provider will not make this prompt or image: only other ones help. */
export function isRefused({ next_actor }: Pick<VideoView, "next_actor">): boolean {
  return next_actor === "prompt";
}
