// Words of the dashboard: totals, and what needs the user.
import { count, plural } from "@/lib/format";

export const dashboardStrings = {
  totals: "Totals",
  videos: "Videos",
  open: (n: number) => `${count(n)} in progress`,
  success: "Success rate",
  failedOf: (failed: number, ended: number) => `${count(failed)} of ${count(ended)} failed`,
  average: "Avg. time per video",
  averageHint: "recent",
  spent: "Spent",
  spentHint: (jobs: number) => `in ${plural(jobs, "job")}`,
  storage: "Storage",
  storageHint: "images and videos",
  none: "–",
  needs: {
    waiting: (n: number) => `${plural(n, "video needs", "videos need")} you`,
    stalled: (n: number) => `${plural(n, "video")} can't start`,
    uncertain: (n: number) => `${plural(n, "video needs", "videos need")} a decision`,
    paidCall: "A paid call needs your decision",
    refused: (n: number) => `${plural(n, "take")} refused`,
    failed: (n: number) => `${plural(n, "video")} failed`,
    paused: "Paused",
    account: "Flow sign-in needs you",
    receiver: "A webhook or channel is paused",
    backup: "No recent backup",
  },
  paidCall: {
    title: "Did it go through?",
    text: "We can't tell whether the provider accepted and billed this. It counts against your budgets until you decide.",
    decisions: {
      made: { do: "It was made", what: "Counts as paid." },
      give_up: { do: "Discard", what: "Not made, not billed." },
    },
    decided: "Decided",
  },
  more: (n: number) => `Show ${count(n)} more`,
} as const;
