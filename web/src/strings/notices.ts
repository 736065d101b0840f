// Words of notifications, and of their settings.
import { count, plural } from "@/lib/format";

export const noticesStrings = {
  text: "Shown while a Rushes tab is open in the background.",
  what: "Notify me when a job ends or needs me",
  ask: "Your browser will ask for permission.",
  on: "On in this browser.",
  denied: "Blocked by your browser. Allow notifications for this site in its settings.",
  unable: "Not available here: notifications need HTTPS or localhost.",
  try: "Send a test",
  tried: { title: "Rushes", body: "This is how it looks." },
  ended: (name: string) => `${name} is finished`,
  failed: (name: string) => `${name} has failed`,
  made: (made: number, failed: number) =>
    failed > 0 ? `${plural(made, "video")}, ${count(failed)} failed` : plural(made, "video"),
} as const;
