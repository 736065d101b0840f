// What is wrong with a video, in words: its name, and what it means for the user.
import type { ErrorType, VideoView } from "@/api";
import { isRefused } from "@/lib/refused";
import { takesStrings } from "@/strings/takes";

export function troubleTitle(type: ErrorType | null): string {
  return type ? takesStrings.trouble.titles[type] : takesStrings.trouble.unknown;
}

/** The way out of it. */
export type WayOut = "edit" | "image" | "again" | "go-on" | "budget" | "key" | "decide";

export function wayOut(video: VideoView): WayOut {
  if (video.waiting_for === "uncertain") return "decide";
  if (video.status === "waiting") {
    if (video.error_type === "budget") return "budget";
    return lacksKey(video) ? "key" : "go-on";
  }
  if (!isRefused(video)) return "again";
  return video.image_url && /^the image\b/i.test(video.error_message ?? "") ? "image" : "edit";
}

/** Whether it waits for a key that is not there, or does not work. */
export function lacksKey({ error_type, error_message, provider }: VideoView): boolean {
  return error_type === "auth" && provider !== "flow" && /\bkey\b/i.test(error_message ?? "");
}

/** Who acts next and how, as the server says it; of an uncertain one also why. */
export function meaning(video: VideoView): string {
  return video.waiting_for === "uncertain" ? takesStrings.trouble.uncertain : (video.next_step ?? "");
}
