// What in a list of jobs needs the user now.
import type { ErrorCount, JobView } from "@/api";
import { t } from "@/strings/en";

export type Need = { job: JobView; kind: "waiting" | "paused" | "failed"; title: string; reason: string };

const RECENT_MS = 7 * 24 * 3600 * 1000;

/** What waits first, then what is paused by a fault, then what failed within a week. */
export function needs(jobs: readonly JobView[], now: number): Need[] {
  const waiting: Need[] = [];
  const paused: Need[] = [];
  const failed: Need[] = [];
  for (const job of jobs) {
    if (job.waiting_videos > 0) {
      const title = t.attention.waiting(job.waiting_videos);
      waiting.push({
        job,
        kind: "waiting",
        title,
        reason: reasons(job, (each) => Boolean(each.waiting_for)),
      });
    }
    if (job.status === "paused" && job.paused_by !== "user") {
      paused.push({ job, kind: "paused", title: t.attention.paused, reason: job.pause_reason ?? "" });
    }
    const recent = job.ended_at === null || now - Date.parse(job.ended_at) < RECENT_MS;
    if (job.failed_videos > 0 && recent) {
      const title = t.attention.failed(job.failed_videos);
      failed.push({ job, kind: "failed", title, reason: reasons(job, (each) => !each.waiting_for) });
    }
  }
  return [...waiting, ...paused, ...failed];
}

function reasons(job: JobView, wanted: (each: ErrorCount) => boolean): string {
  return [...new Set(job.error_summary.filter(wanted).map((each) => each.message))].join(" · ");
}
