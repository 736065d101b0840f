// What needs the user, in words and with the way there.
import type { NeedView } from "@/api";
import { isRefused } from "@/lib/refused";
import type { TakeFilter } from "@/lib/take-filter";
import { dashboardStrings } from "@/strings/dashboard";

/** `3 prompts refused`, `2 videos wait for you`. */
export function needTitle(need: NeedView): string {
  const { kind, count, waiting_for } = need;
  if (kind === "paused") return dashboardStrings.needs.paused;
  if (kind === "backup") return dashboardStrings.needs.backup;
  if (kind === "receiver") return dashboardStrings.needs.receiver;
  if (kind === "account") return dashboardStrings.needs.account;
  if (need.submission_id) return dashboardStrings.needs.paidCall;
  if (waiting_for === "uncertain") return dashboardStrings.needs.uncertain(count);
  if (kind === "stalled") return dashboardStrings.needs.stalled(count);
  if (kind === "waiting") return dashboardStrings.needs.waiting(count);
  return isRefused(need) ? dashboardStrings.needs.refused(count) : dashboardStrings.needs.failed(count);
}

/** What the job's page shows for it. */
export function needFilter(need: NeedView): TakeFilter {
  const { kind } = need;
  if (kind === "paused" || kind === "account" || kind === "receiver" || kind === "backup") return "all";
  if (kind === "stalled") return "going";
  if (kind === "waiting") return "waiting";
  return isRefused(need) ? "refused" : "failed";
}
