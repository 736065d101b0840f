// How a job's state is shown wherever jobs are shown.
import { Ban, Check, CircleDashed, CirclePause, LoaderCircle, type LucideIcon, X } from "lucide-react";
import type { JobStatus, JobView } from "@/api";
import { Badge, type Tone } from "@/components/ui/badge";
import { Progress } from "@/components/ui/progress";
import { appStrings } from "@/strings/app";

const looks: Record<JobStatus, { tone: Tone; icon: LucideIcon }> = {
  pending: { tone: "neutral", icon: CircleDashed },
  processing: { tone: "accent", icon: LoaderCircle },
  paused: { tone: "wait", icon: CirclePause },
  completed: { tone: "good", icon: Check },
  failed: { tone: "bad", icon: X },
  cancelled: { tone: "neutral", icon: Ban },
};

export function JobBadge({ status }: { status: JobStatus }) {
  const { tone, icon: Icon } = looks[status];
  return (
    <Badge tone={tone}>
      <Icon className={status === "processing" ? "animate-spin" : undefined} />
      {appStrings.jobStatus[status]}
    </Badge>
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
