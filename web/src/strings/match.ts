// Words of the match table on the page of a new job.
import type { Pairing, Reading } from "@/api";
import { count, plural } from "@/lib/format";

const PAIRINGS: Record<Pairing, string> = {
  number: "By number",
  name: "By name",
  order: "In the order dropped",
  date: "By date",
  all: "One for all",
};

export const matchStrings = {
  title: "Shots",
  shots: (n: number) => plural(n, "shot"),
  checking: "Checking…",
  checked: "Checked",
  own: "Edited by you",
  pairing: "Pair images",
  pairings: PAIRINGS,
  pairingHints: { number: "1.jpg with prompt 1", all: "The single one with every other" } as Partial<
    Record<Pairing, string>
  >,
  automatic: (by: Pairing | null) =>
    by ? `Automatic (${PAIRINGS[by].charAt(0).toLowerCase()}${PAIRINGS[by].slice(1)})` : "Automatic",
  askPairing: "How do the images pair with the prompts?",
  askPairingWhy: {
    no_order: "The image names have no numbers and no order.",
    no_number_meets: "The numbers in the image names aren't the numbers of the prompts.",
    names_unclear: "The image names can be read in more than one way.",
    variants: "Some images are variants of one shot. Pair by number to make a shot of each.",
  },
  reading: "Split prompts",
  readings: {
    lines: "One per line",
    paragraphs: "One per paragraph",
    list: "One per list item",
    headings: "One per heading",
    rules: "One between rules",
    fences: "One per code block",
    fields: "One per prompt label",
  } satisfies Record<Reading, string>,
  promptsMany: (n: number) => plural(n, "prompt"),
  askReading: "Where does each prompt begin?",
  askReadingWhy: "The prompts have no numbers and can be split in two ways.",
  remarks: {
    paired_in_order: "The image names have no numbers, so they pair in order. Check the pairs.",
    another_start:
      "Images and prompts count from different numbers. The first image goes with the first prompt. Check the pairs.",
    one_for_all: "If it's meant for all of them, pair One for all.",
    reading_chosen: "Split into as many prompts as there are images. Check them.",
  } as Record<string, string>,
  matchAgain: "Rematch by number",
  matchedAgain: "Matched again. What was written by hand is gone.",
  needPrompts: (n: number) => `${plural(n, "image")}. Now add prompts.`,
  wontBeMade: (n: number) => `${count(n)} won’t be made`,
  showThem: "Show",
  handle: (n: number) => `Move shot ${count(n)}: arrow up and down, or drag`,
  moved: (n: number, of: number) => `Now shot ${count(n)}, row ${count(of)}`,
  image: (n: number, name: string | null) =>
    name ? `Image of shot ${count(n)}: ${name}. Choose another` : `Shot ${count(n)} has no image. Choose one`,
  noImage: "No image",
  prompt: (n: number) => `Prompt of shot ${count(n)}`,
  promptPlaceholder: "Write a prompt",
  menu: (n: number) => `More for shot ${count(n)}`,
  up: "Move up",
  down: "Move down",
  imagesDown: "Shift images down from here",
  imagesUp: "Shift images up from here",
  takeImageAway: "Remove image",
  drop: "Remove shot",
  add: "Add a shot",
  leftOut: {
    "no-prompt": "No prompt — won't be made. Write one or remove it.",
    "no-image": "No image — won't be made. Choose one, or allow text-only in Settings.",
  },
  unused: (n: number) => `${plural(n, "unused image")}`,
  use: (name: string) => `Add ${name} as a shot`,
  pick: (n: number) => `Image of shot ${count(n)}`,
  pickText: "Choosing an image used elsewhere swaps the two.",
  filter: "Find by name",
  usedBy: (n: number) => `Shot ${count(n)}`,
  problems: (n: number) => `${plural(n, "problem")} to fix`,
  editHere: "Edit the prompts here",
  emptyZip: "This ZIP has no images or prompts.",
  unreadableZip: "Can't read this ZIP. Unzip it and drop the folder.",
  empty: "Your image–prompt pairs appear here. Nothing is generated until you press Start.",
  start: (n: number) => `Start ${plural(n, "video")}`,
  startNothing: "Start",
  sendAgain: "Send again",
  starting: "Starting…",
  draftBack: "Draft restored.",
  startOver: "Start over",
  tooLarge: "Too large to save as a draft. Keep this tab open until you start.",
  nameFrom: "New job",
  estimate: (videos: number, cost: string, time: string) =>
    `${plural(videos, "video")} · ${cost} · about ${time}`,
} as const;
