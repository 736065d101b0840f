import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { toast } from "sonner";
import type { JobView } from "@/api";
import { moveInQueueMutation, readJobsQueryKey } from "@/api/@tanstack/react-query.gen";
import { JobBadge, JobProgress, Previews } from "@/components/job-state";
import { cn } from "@/lib/cn";
import { count, duration, percent } from "@/lib/format";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { projectsStrings } from "@/strings/projects";
import { Heading } from "./heading";
import { MoveMenu } from "./move-menu";
import { PauseAll } from "./pause-all";

const JOB = "application/x-rushes-job";

/** Jobs that are not done, live. A card that is dragged onto another is made before it. */
export function ActiveJobs({ jobs }: { jobs: readonly JobView[] }) {
  const active = jobs
    .filter((job) => job.status === "processing" || job.status === "paused")
    .sort((one, other) => (one.queue?.position ?? 0) - (other.queue?.position ?? 0));
  const client = useQueryClient();
  const dragged = useRef<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const move = useMutation({
    ...moveInQueueMutation(),
    onError: (error) => toast.error(said(error)),
    onSettled: () => client.invalidateQueries({ queryKey: readJobsQueryKey() }),
  });
  const movable = active.length > 1;
  if (active.length === 0) return null;
  return (
    <section aria-labelledby="active" className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <Heading id="active" title={appStrings.dashboard.active} aside={count(active.length)} />
        <PauseAll jobs={active} />
      </div>
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {active.map((job) => (
          <li
            key={job.job_id}
            className={cn("relative rounded-xl", over === job.job_id && "ring-2 ring-accent-text")}
            draggable={movable}
            onDragStart={(event) => {
              dragged.current = job.job_id;
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData(JOB, job.job_id);
            }}
            onDragOver={(event) => {
              if (!dragged.current || dragged.current === job.job_id) return;
              event.preventDefault();
              setOver(job.job_id);
            }}
            onDragLeave={() => setOver(null)}
            onDragEnd={() => {
              dragged.current = null;
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              setOver(null);
              const moved = dragged.current;
              dragged.current = null;
              if (moved) move.mutate({ path: { job_id: moved }, body: { before: job.job_id } });
            }}
          >
            <Link
              to="/jobs/$jobId"
              params={{ jobId: job.job_id }}
              className="flex h-full flex-col gap-3 rounded-xl border border-line bg-surface p-4 hover:border-line-strong"
            >
              <span className={cn("flex items-center justify-between gap-3", movable && "mr-7")}>
                <span className="truncate font-medium">{job.job_name}</span>
                <JobBadge status={job.status} job={job} />
              </span>
              {(job.previews ?? []).length > 0 && <Previews job={job} className="h-16" />}
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
