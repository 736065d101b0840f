// Words of the dashboard: totals, and what needs the user.
import { count, plural } from "@/lib/format";

export const dashboardStrings = {
  totals: "Totals",
  videos: "Videos made",
  open: (n: number) => `${count(n)} on their way`,
  success: "Success rate",
  failedOf: (failed: number, ended: number) => `${count(failed)} of ${count(ended)} failed`,
  average: "Average time a video",
  averageHint: "lately",
  spent: "Spent",
  spentHint: (jobs: number) => `in ${plural(jobs, "job")}`,
  storage: "Storage",
  storageHint: "images and videos",
  none: "–",
  needs: {
    waiting: (n: number) => `${plural(n, "video waits", "videos wait")} for you`,
    stalled: (n: number) => `${plural(n, "video cannot", "videos cannot")} start`,
    uncertain: (n: number) => `${plural(n, "video needs", "videos need")} your word`,
    paidCall: "A paid call needs your decision",
    refused: (n: number) => `${plural(n, "prompt")} refused`,
    failed: (n: number) => `${plural(n, "video")} failed`,
    paused: "Paused",
    account: "Flow sign-in needs you",
  },
  paidCall: {
    title: "Was it accepted?",
    text: "Nobody knows whether the provider accepted (and billed) this. It counts against your budgets until you decide.",
    decisions: {
      made: { do: "It was made", what: "It counts as paid." },
      give_up: { do: "Give it up", what: "Nothing came of it, nothing is counted as paid." },
    },
    decided: "Decided",
  },
  more: (n: number) => `Show ${count(n)} more`,
} as const;
