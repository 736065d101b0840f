// Words of what can be done with a whole job.
import { count, plural } from "@/lib/format";

export const jobStrings = {
  name: "Name of the job",
  rename: "Rename",
  download: "Download",
  downloadAll: (n: number) => `All ${plural(n, "video")}`,
  downloadPicks: (n: number) => `Picks (${count(n)})`,
  downloadStars: (n: number) => `★ 4 and up (${count(n)})`,
  duplicate: "Duplicate",
  duplicated: "Duplicated. Change what you like, then start it.",
  likeThis: "New job like this",
  fix: (n: number) => `Edit ${plural(n, "prompt")}`,
  retry: (n: number) => `Retry ${count(n)}`,
  allReasons: (n: number) => `Show ${plural(n, "more reason")}`,
  needsYou: "Needs you",
  doneFailed: (n: number) => `Done · ${count(n)} failed`,
} as const;
