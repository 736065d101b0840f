// What a job without a name is called: something by which it is recognised later.

import { day } from "@/lib/format";
import type { Pile } from "@/lib/pile";
import { matchStrings } from "@/strings/match";

const WORDS = 5;
const LONGEST = 60;

/** After its ZIP, folder or prompts file; else the first words of the first prompt, and the day. */
export function suggestedName(
  file: string | undefined,
  prompt: string | undefined,
  now = new Date(),
): string {
  const stem = file?.replace(/\.[^./]*$/, "").trim();
  if (stem && stem.length > 2 && !/^prompts?$/i.test(stem)) return stem;
  const words = (prompt ?? "")
    .trim()
    .split(/\s+/)
    .slice(0, WORDS)
    .join(" ")
    .replace(/[.,;:]+$/, "");
  return words ? `${words.slice(0, LONGEST)}, ${day(now)}` : matchStrings.nameFrom;
}

/** The folder that all images were chosen from, if the browser says it. */
export function folderOf({ images }: Pile): string | undefined {
  const folders = new Set(images.map((each) => each.webkitRelativePath.split("/")[0] ?? ""));
  const [only] = folders;
  return folders.size === 1 && only ? only : undefined;
}
