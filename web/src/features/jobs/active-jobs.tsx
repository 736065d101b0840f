import { Link } from "@tanstack/react-router";
import type { JobView } from "@/api";
import { JobBadge, JobProgress } from "@/components/job-state";
import { cn } from "@/lib/cn";
import { count, duration, percent } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { projectsStrings } from "@/strings/projects";
import { Heading } from "./heading";
import { MoveMenu } from "./move-menu";

/** Jobs on their way, live. */
export function ActiveJobs({ jobs }: { jobs: readonly JobView[] }) {
  const active = jobs
    .filter((job) => job.status === "processing" || job.status === "paused")
    .sort((one, other) => (one.queue?.position ?? 0) - (other.queue?.position ?? 0));
  const movable = active.length > 1;
  if (active.length === 0) return null;
  return (
    <section aria-labelledby="active" className="flex flex-col gap-3">
      <Heading id="active" title={appStrings.dashboard.active} aside={count(active.length)} />
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {active.map((job) => (
          <li key={job.job_id} className="relative">
            <Link
              to="/jobs/$jobId"
              params={{ jobId: job.job_id }}
              className="flex h-full flex-col gap-3 rounded-xl border border-line bg-surface p-4 hover:border-line-strong"
            >
              <span className={cn("flex items-center justify-between gap-3", movable && "mr-7")}>
                <span className="truncate font-medium">{job.job_name}</span>
                <JobBadge status={job.status} />
              </span>
              <JobProgress job={job} />
              <span className="tnum flex items-baseline justify-between gap-2 text-muted text-sm">
                <span>
                  {appStrings.job.of(job.completed_videos, job.expected_videos)}
                  {job.failed_videos > 0 && (
                    <span className="text-bad"> · {appStrings.job.failed(job.failed_videos)}</span>
                  )}
                  {job.waiting_videos > 0 && (
                    <span className="text-wait"> · {appStrings.job.waiting(job.waiting_videos)}</span>
                  )}
                  {movable && job.queue && !job.queue.takes_turns && (
                    <span> · {projectsStrings.queue.place(job.queue.position)}</span>
                  )}
                </span>
                <span className="shrink-0">
                  {job.status === "processing" && job.eta_seconds !== null
                    ? appStrings.dashboard.left(duration(job.eta_seconds))
                    : percent(job.progress)}
                </span>
              </span>
            </Link>
            {movable && job.queue && (
              <div className="absolute top-3 right-2.5">
                <MoveMenu job={job} place={job.queue} jobs={active.length} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
