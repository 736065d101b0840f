// What needs the user, in words and with the way there.
import type { NeedView } from "@/api";
import { REFUSALS } from "@/lib/refused";
import type { TakeFilter } from "@/lib/take-filter";
import { dashboardStrings } from "@/strings/dashboard";

/** `3 prompts refused`, `2 videos wait for you`. */
export function needTitle({ kind, count, error_type, waiting_for }: NeedView): string {
  if (kind === "paused") return dashboardStrings.needs.paused;
  if (kind === "account") return dashboardStrings.needs.account;
  if (waiting_for === "uncertain") return dashboardStrings.needs.uncertain(count);
  if (kind === "waiting") return dashboardStrings.needs.waiting(count);
  return error_type && REFUSALS.has(error_type)
    ? dashboardStrings.needs.refused(count)
    : dashboardStrings.needs.failed(count);
}

/** What the job's page shows for it. */
export function needFilter({ kind, error_type }: NeedView): TakeFilter {
  if (kind === "paused" || kind === "account") return "all";
  if (kind === "waiting") return "waiting";
  return error_type && REFUSALS.has(error_type) ? "refused" : "failed";
}
