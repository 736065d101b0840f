import { Link } from "@tanstack/react-router";
import { ArrowRight, CirclePause, Hand, TriangleAlert } from "lucide-react";
import type { JobView } from "@/api";
import { count } from "@/lib/format";
import { needs } from "@/lib/needs";
import { t } from "@/strings/en";
import { Heading } from "./heading";

const looks = {
  waiting: { icon: Hand, tone: "text-wait bg-wait-soft" },
  paused: { icon: CirclePause, tone: "text-wait bg-wait-soft" },
  failed: { icon: TriangleAlert, tone: "text-bad bg-bad-soft" },
};

/** What does not go on without the user: one line a job and kind, its reason, and the way there. */
export function Attention({ jobs }: { jobs: readonly JobView[] }) {
  const found = needs(jobs, Date.now());
  if (found.length === 0) return null;
  return (
    <section aria-labelledby="attention" className="flex flex-col gap-3">
      <Heading id="attention" title={t.dashboard.attention} aside={count(found.length)} />
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {found.map(({ job, kind, title, reason }) => {
          const { icon: Icon, tone } = looks[kind];
          return (
            <li key={`${job.job_id} ${kind}`}>
              <Link
                to="/jobs/$jobId"
                params={{ jobId: job.job_id }}
                search={kind === "paused" ? {} : { show: kind }}
                className="group -outline-offset-2 flex items-center gap-3 px-4 py-3 hover:bg-raised"
              >
                <span className={`grid size-8 shrink-0 place-items-center rounded-lg ${tone}`}>
                  <Icon className="size-4" />
                </span>
                <span className="min-w-0 flex-1">
                  <span className="flex items-baseline gap-2">
                    <span className="shrink-0 font-medium">{title}</span>
                    <span className="truncate text-muted text-sm">{job.job_name}</span>
                  </span>
                  <span className="block truncate text-muted text-sm">{reason}</span>
                </span>
                <ArrowRight className="size-4 shrink-0 text-faint group-hover:text-text" />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
