// What is wrong with a video, in words: its name, and what it means for the user.
import type { ErrorType, VideoView } from "@/api";
import { isRefused } from "@/lib/refused";
import { takesStrings } from "@/strings/takes";

export function troubleTitle(type: ErrorType | null): string {
  return type ? takesStrings.trouble.titles[type] : takesStrings.trouble.unknown;
}

/** The way out of it. */
export type WayOut = "edit" | "again" | "go-on" | "decide";

export function wayOut(video: VideoView): WayOut {
  if (video.waiting_for === "uncertain") return "decide";
  if (video.status === "waiting" && video.waiting_for !== "prompt") return "go-on";
  return isRefused(video) ? "edit" : "again";
}

/** What it means, in a sentence or two. */
export function meaning(video: VideoView): string {
  const { means } = takesStrings.trouble;
  const unknown = video.error_type === "provider_changed" || video.error_type === "internal";
  if (unknown && video.waiting_for !== "uncertain") return means.us;
  return { edit: means.prompt, again: means.clock, "go-on": means.person, decide: means.uncertain }[
    wayOut(video)
  ];
}
