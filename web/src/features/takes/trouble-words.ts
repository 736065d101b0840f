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
  if (video.status === "waiting") return "go-on";
  return isRefused(video) ? "edit" : "again";
}

/** Who acts next and how, as the server says it; of an uncertain one also why. */
export function meaning(video: VideoView): string {
  return video.waiting_for === "uncertain" ? takesStrings.trouble.uncertain : (video.next_step ?? "");
}
