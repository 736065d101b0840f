import { Link } from "@tanstack/react-router";
import { ChevronLeft, CirclePause, Hourglass, KeyRound } from "lucide-react";
import type { ErrorType, JobView, ProviderView, VideoView } from "@/api";
import { JobBadge, JobProgress } from "@/components/job-state";
import { ProjectMenu } from "@/components/project-menu";
import { duration, moment, money, percent } from "@/lib/format";
import type { TakeFilter } from "@/lib/take-filter";
import { isHeldUp } from "@/lib/waits";
import { appStrings } from "@/strings/app";
import { JobActions } from "./actions";
import { JobName } from "./job-name";
import { Reasons } from "./reasons";

type Props = {
  job: JobView;
  videos: readonly VideoView[];
  providers: readonly ProviderView[];
  onShow: (filter: TakeFilter, reason?: ErrorType) => void;
  onFix: () => void;
};

/** What a job is, how far it is, and what can be done with all of it. */
export function JobHeader({ job, videos, providers, onShow, onFix }: Props) {
  const running = job.status === "processing" || job.status === "paused";
  return (
    <header className="flex flex-col gap-3 px-4 pt-4 pb-3 sm:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Link
          to="/"
          aria-label={appStrings.common.back}
          title={appStrings.common.back}
          className="-ml-1 grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
        >
          <ChevronLeft className="size-5" />
        </Link>
        <JobName job={job} />
        <JobBadge status={job.status} job={job} />
        <ProjectMenu job={job} />
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
          <JobActions job={job} videos={videos} providers={providers} onFix={onFix} />
        </div>
      </div>
      {running && <JobProgress job={job} />}
      <Facts job={job} running={running} />
      {job.status === "paused" && job.pause_reason && job.paused_by !== "user" && (
        <p className="flex items-center gap-2 rounded-lg bg-wait-soft px-3 py-2 text-wait">
          <CirclePause className="size-4 shrink-0" />
          {job.pause_reason}
        </p>
      )}
      <HeldUp job={job} />
      {job.flow_needs_auth && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-wait-soft px-3 py-2 text-wait">
          <KeyRound className="size-4 shrink-0" />
          {appStrings.job.flowNeedsAuth}
          <Link to="/settings" hash="flow" className="font-medium underline underline-offset-2">
            {appStrings.job.flowSignIn}
          </Link>
        </p>
      )}
      <Reasons job={job} videos={videos} providers={providers} onShow={onShow} onFix={onFix} />
    </header>
  );
}

/** Why nothing of the job starts, until when, and what is to be done. */
function HeldUp({ job }: { job: JobView }) {
  const told = job.error_summary.some(
    (each) => each.waiting_for !== null && each.waiting_for === job.waiting_for,
  );
  if (job.status !== "processing" || told || !isHeldUp(job)) return null;
  return (
    <p role="status" className="flex items-start gap-2 rounded-lg bg-wait-soft px-3 py-2 text-wait">
      <Hourglass className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">
        {job.wait_reason} {job.retry_at && `${appStrings.job.until(moment(job.retry_at))} `}
        {job.next_step}
      </span>
    </p>
  );
}

function Facts({ job, running }: { job: JobView; running: boolean }) {
  const spent = Number(job.cost);
  const expected = Number(job.estimated_cost ?? 0);
  const facts = [
    appStrings.job.of(job.completed_videos, job.expected_videos),
    ...(job.differing_videos ? [appStrings.job.differing(job.differing_videos)] : []),
    ...(running ? [percent(job.progress)] : []),
    ...(job.status === "processing" && job.eta_seconds !== null
      ? [appStrings.dashboard.left(duration(job.eta_seconds))]
      : []),
    ...(expected > 0 ? [appStrings.job.cost(money(spent), money(expected))] : []),
    `${job.model}, ${settingsLine(job)}`,
  ];
  return (
    <p className="tnum flex flex-wrap gap-x-2 text-muted text-sm" title={moment(job.created_at)}>
      {facts.map((fact, index) => (
        <span key={fact}>
          {fact}
          {index < facts.length - 1 && <span className="ml-2 text-faint">·</span>}
        </span>
      ))}
    </p>
  );
}

/** `9:16, 720p, 4 s, 2 takes a shot`: the settings that tell one job from another. */
function settingsLine(job: JobView): string {
  const options = (job.settings.options ?? {}) as Record<string, unknown>;
  const known = [options.aspect_ratio, options.resolution].filter((each) => typeof each === "string");
  const length = typeof options.duration_seconds === "number" ? [duration(options.duration_seconds)] : [];
  return [...known, ...length, appStrings.job.takes(job.outputs)].join(", ");
}
