// What making costs, in words: every button that spends says how much.
import type { StoryEstimate } from "@/api";
import { duration, money } from "@/lib/format";
import { storiesStrings } from "@/strings/stories";
import { STEPS, type Step } from "./parts";

/** US dollars of everything up to a step that is not there yet. */
export function costUntil(estimate: StoryEstimate, until: Step): number {
  const last = STEPS.indexOf(until);
  return STEPS.slice(0, last + 1).reduce((sum, each) => sum + Number(estimate.cost_by_step[each] ?? 0), 0);
}

/** `free`, `about $0.40`, or `price unknown`. */
export function priceWords(cost: number, known = true): string {
  if (!known) return storiesStrings.cost.unknown;
  return cost > 0 ? storiesStrings.cost.about(money(cost)) : storiesStrings.cost.free;
}

/** The price of a run up to a step. */
export function priceUntil(estimate: StoryEstimate | undefined, until: Step): string {
  if (!estimate) return "";
  const known = estimate.price_known || STEPS.indexOf(until) < STEPS.indexOf("scenes");
  return priceWords(costUntil(estimate, until), known);
}

/** `42 s film · free · about 50 s to make`. */
export function estimateWords(estimate: StoryEstimate): string[] {
  return [
    storiesStrings.cost.length(duration(estimate.seconds)),
    priceWords(Number(estimate.cost), estimate.price_known),
    storiesStrings.cost.time(duration(estimate.estimated_time_seconds)),
  ];
}
