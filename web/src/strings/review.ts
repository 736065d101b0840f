// Words of a review: stars, undo, compare, retries.
import { count, plural } from "@/lib/format";

export const reviewStrings = {
  stars: {
    label: "Stars",
    give: (n: number) => `${plural(n, "star")}`,
    of: (n: number) => (n === 0 ? "No stars" : `${plural(n, "star")} of 5`),
    any: "Any stars",
    least: (n: number) => (n === 5 ? "5 stars" : `${n} stars or more`),
  },
  undo: "Undo",
  deleted: (n: number) => `${plural(n, "video")} deleted`,
  restored: (n: number) => `${plural(n, "video")} back`,
  notDeleted: (n: number) => `${plural(n, "video is", "videos are")} in the making and stayed.`,
  retry: "Retry",
  retryMarked: (n: number) => `Retry ${count(n)}`,
  retryKind: (n: number) => `Retry all ${count(n)} of this kind`,
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
    current: "The image it starts from",
    other: "Choose another",
    chosen: (name: string) => `New: ${name}`,
    keep: "Keep the old one",
  },
  download: {
    saving: "The browser is saving the ZIP",
    savingText: "How far it is stands with the browser's downloads.",
  },
} as const;
