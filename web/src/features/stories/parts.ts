// What of a story is there, missing or out of date.
import type { PartView } from "@/api";
import type { Story } from "./document";

export type Step = PartView["step"];
export const STEPS: readonly Step[] = ["script", "voice", "pictures", "scenes", "film"];

const found = new WeakMap<Story["parts"], Map<string, PartView>>();

/** The part of a step, of one section if it has parts by section. */
export function partOf({ parts }: Story, step: Step, sectionId = ""): PartView | undefined {
  let known = found.get(parts);
  if (!known) {
    known = new Map(parts.map((each) => [`${each.step} ${each.section_id}`, each]));
    found.set(parts, known);
  }
  return known.get(`${step} ${sectionId}`);
}

export type StepCount = { stale: number; missing: number; there: number; trouble: number; making: number };

/** How many parts of a step are in which state. */
export function countParts(parts: readonly PartView[], step: Step): StepCount {
  const found: StepCount = { stale: 0, missing: 0, there: 0, trouble: 0, making: 0 };
  for (const each of parts) {
    if (each.step !== step) continue;
    if (each.state === "failed" || each.state === "waiting") found.trouble += 1;
    else found[each.state] += 1;
  }
  return found;
}

/** Whether a step of a story has all it needs, and has been made. */
export function isDone(parts: readonly PartView[], step: Step): boolean {
  const own = parts.filter((each) => each.step === step);
  return own.length > 0 && own.every((each) => each.state === "there");
}

/** Whether everything up to a step is there. */
export function isDoneUntil(parts: readonly PartView[], until: Step): boolean {
  const last = STEPS.indexOf(until);
  return parts.every((each) => STEPS.indexOf(each.step) > last || each.state === "there");
}

/** Whether the engine works on it, or will as soon as it can. */
export function isActive(story: Pick<Story, "status">): boolean {
  return story.status === "running" || story.status === "waiting";
}
