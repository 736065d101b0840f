// Words of a review: stars, undo, compare, retries.
import { count, plural } from "@/lib/format";

export const reviewStrings = {
  stars: {
    label: "Stars",
    give: (n: number) => `${plural(n, "star")}`,
    of: (n: number) => (n === 0 ? "No stars" : `${plural(n, "star")} of 5`),
    any: "Any stars",
    least: (n: number) => (n === 5 ? "★ 5" : `★ ${n}+`),
  },
  undo: "Undo",
  deleted: (n: number) => `${plural(n, "video")} deleted`,
  restored: (n: number) => `${plural(n, "video")} restored`,
  notDeleted: (n: number) =>
    `${plural(n, "video is", "videos are")} still generating and ${n === 1 ? "wasn't" : "weren't"} deleted.`,
  retry: "Retry",
  retryMarked: (n: number) => `Retry ${count(n)}`,
  retryKind: (n: number) => (n === 2 ? "Retry both like this" : `Retry all ${count(n)} like this`),
  retried: (n: number) => `${plural(n, "video")} queued again`,
  swapImage: "Change image",
  compare: {
    title: "Compare takes",
    do: "Compare",
    shot: (n: number) => `Compare the takes of shot ${count(n)}`,
    play: "Play all",
    pause: "Pause all",
    hint: "Enter picks and goes to the next shot · ↑ ↓ shot · ← → or 1–4 take · P pick · X reject · Shift 1–5 stars · Space play · J L 1 s · , . frame · W wipe",
    wipe: "A/B wipe",
    edge: "Edge between the two takes",
    previous: "Previous shot",
    next: "Next shot",
    seed: (seed: number) => `Seed ${seed}`,
    all: "Compare shots",
  },
  image: {
    label: "Image",
    current: "Current start image",
    other: "Choose another",
    chosen: (name: string) => `New: ${name}`,
    keep: "Keep the current image",
  },
  download: {
    saving: "Downloading the ZIP",
    savingText: "See progress in your browser's downloads.",
  },
} as const;
