// Words of changing many takes at once.
import { count, plural } from "@/lib/format";

export const bulkStrings = {
  edit: (n: number) => `Edit ${plural(n, "prompt")}`,
  more: "More takes",
  editTitle: (n: number) => `Edit ${plural(n, "prompt")}`,
  editText:
    "A failed take is replaced; a finished one stays and gets a new take beside it. Only changed prompts are sent.",
  find: "Find",
  replace: "Replace with",
  prefix: "Put before",
  suffix: "Put behind",
  variables: "{number} and {image} become the shot's own.",
  apply: "Apply to all",
  prompt: (shot: number) => `Prompt of shot ${shot}`,
  generate: (n: number) => `Generate ${plural(n, "take")}`,
  moreTitle: (shots: number) => `More takes of ${shots === 1 ? "this shot" : `these ${shots} shots`}`,
  takes: "Takes per shot",
  queued: (n: number) => `${plural(n, "take")} queued`,
  refused: (n: number) => `${count(n)} not accepted`,
  nothing: "Change at least one prompt.",
} as const;
