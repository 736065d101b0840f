// How a job's state is shown wherever jobs are shown.
import { Ban, Check, CircleDashed, CirclePause, Hand, LoaderCircle, type LucideIcon, X } from "lucide-react";
import type { JobStatus, JobView } from "@/api";
import { Badge, type Tone } from "@/components/ui/badge";
import { Progress } from "@/components/ui/progress";
import { cn } from "@/lib/cn";
import { appStrings } from "@/strings/app";
import { jobStrings } from "@/strings/job";

const looks: Record<JobStatus, { tone: Tone; icon: LucideIcon }> = {
  pending: { tone: "neutral", icon: CircleDashed },
  processing: { tone: "accent", icon: LoaderCircle },
  paused: { tone: "wait", icon: CirclePause },
  completed: { tone: "good", icon: Check },
  failed: { tone: "bad", icon: X },
  cancelled: { tone: "neutral", icon: Ban },
};

/** Its status in a word. With the job, also that all that is left waits for the user, or how many failed. */
export function JobBadge({ status, job }: { status: JobStatus; job?: JobView }) {
  const {
    tone,
    icon: Icon,
    words,
  } = (job && particular(job)) ?? {
    ...looks[status],
    words: appStrings.jobStatus[status],
  };
  return (
    <Badge tone={tone}>
      <Icon className={Icon === LoaderCircle ? "animate-spin" : undefined} />
      {words}
    </Badge>
  );
}

function particular(job: JobView) {
  const { status, expected_videos, completed_videos, failed_videos, waiting_videos } = job;
  const ended = completed_videos + failed_videos;
  if (status === "processing" && waiting_videos > 0 && ended + waiting_videos >= expected_videos)
    return { tone: "wait" as const, icon: Hand, words: jobStrings.needsYou };
  if (status === "completed" && failed_videos > 0)
    return { tone: "wait" as const, icon: Check, words: jobStrings.doneFailed(failed_videos) };
  return null;
}

/** Small pictures by which a job is recognised. */
export function Previews({ job, className }: { job: JobView; className?: string }) {
  const pictures = job.previews ?? [];
  return (
    <span className={cn("grid grid-cols-4 gap-0.5 overflow-hidden rounded-md bg-well", className)}>
      {pictures.map((each) => (
        <img
          key={each}
          src={each}
          alt=""
          loading="lazy"
          decoding="async"
          className="size-full object-cover"
        />
      ))}
    </span>
  );
}

/** How far a job is: made, failed, waiting, and the part of what is in the making that is done. */
export function JobProgress({ job, className }: { job: JobView; className?: string }) {
  const all = Math.max(1, job.expected_videos);
  const made = job.completed_videos / all;
  const failed = job.failed_videos / all;
  const going = Math.max(0, job.progress / 100 - made - failed);
  return (
    <Progress
      label={job.job_name}
      value={job.progress}
      {...(className ? { className } : {})}
      parts={[
        { share: made, tone: "good" },
        { share: going, tone: "accent" },
        { share: failed, tone: "bad" },
        { share: job.waiting_videos / all, tone: "wait" },
      ]}
    />
  );
}
