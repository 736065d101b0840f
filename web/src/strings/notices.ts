// Words of notifications, and of their settings.
import { count, plural } from "@/lib/format";

export const noticesStrings = {
  text: "Shown by this browser while a tab of Rushes is open and you look at something else.",
  what: "Tell me when a job ends or something needs me",
  ask: "The browser asks you once whether it may.",
  on: "On in this browser.",
  denied: "This browser does not let Rushes notify you. Allow it in the browser's settings for this site.",
  unable: "This browser shows no notifications here: it wants HTTPS, or the page at localhost.",
  try: "Show one now",
  tried: { title: "Rushes", body: "This is how it looks." },
  ended: (name: string) => `${name} is finished`,
  failed: (name: string) => `${name} has failed`,
  made: (made: number, failed: number) =>
    failed > 0 ? `${plural(made, "video")}, ${count(failed)} failed` : plural(made, "video"),
} as const;
