import { type UseMutationOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { lazyRouteComponent, useNavigate } from "@tanstack/react-router";
import {
  Ban,
  CircleCheck,
  Copy,
  Download,
  Ellipsis,
  Pause,
  Pencil,
  Play,
  Plus,
  RotateCw,
  Star,
  Trash2,
} from "lucide-react";
import { Suspense, useState } from "react";
import { toast } from "sonner";
import type { JobView, ProviderView, VideoView } from "@/api";
import {
  cancelJobMutation,
  copyJobMutation,
  deleteJobMutation,
  pauseJobMutation,
  readJobQueryKey,
  readJobsQueryKey,
  readVideosQueryKey,
  resumeJobMutation,
  retrySomeMutation,
} from "@/api/@tanstack/react-query.gen";
import { ShareButton } from "@/components/share-button";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useCommands } from "@/lib/commands";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { isRefused } from "@/lib/refused";
import { isRetryable } from "@/lib/take-filter";
import { appStrings } from "@/strings/app";
import { jobStrings } from "@/strings/job";
import { moneyStrings } from "@/strings/money";

const DownloadDialog = lazyRouteComponent(() => import("@/components/download-dialog"), "DownloadDialog");
const Confirm = lazyRouteComponent(() => import("@/components/ui/confirm"), "Confirm");

type Props = {
  job: JobView;
  videos: readonly VideoView[];
  providers: readonly ProviderView[];
  onFix: () => void;
};

const GOOD_STARS = 4;

/** Pause, resume, retry, cancel, delete: only what the job's state allows. */
export function JobActions({ job, videos, providers, onFix }: Props) {
  const retryable = videos.filter(isRetryable);
  const refused = new Set(videos.filter(isRefused).map((each) => `${each.shot_id} ${each.prompt_text}`));
  const finished = videos.filter((each) => each.status === "completed");
  const picks = finished.filter((each) => each.selected);
  const starred = finished.filter((each) => each.rating >= GOOD_STARS);
  const [downloading, setDownloading] = useState<VideoView[]>([]);
  const [asking, setAsking] = useState<"cancel" | "delete" | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = { job_id: job.job_id };
  const toView = { onSuccess: (now: JobView) => client.setQueryData(readJobQueryKey({ path }), now) };
  const pause = useMutation({ ...told(pauseJobMutation()), ...toView });
  const resume = useMutation({ ...told(resumeJobMutation()), ...toView });
  const cancel = useMutation({ ...told(cancelJobMutation()), ...toView, onSettled: () => setAsking(null) });
  const retry = useMutation({
    ...told(retrySomeMutation()),
    onSuccess: ({ video_ids }) => toast.success(appStrings.job.retried(video_ids.length)),
    onSettled: () =>
      Promise.all(
        [readJobQueryKey({ path }), readVideosQueryKey({ path })].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const copy = useMutation({
    ...told(copyJobMutation()),
    onSuccess: async (made) => {
      toast.success(jobStrings.duplicated);
      await navigate({ to: "/jobs/$jobId", params: { jobId: made.job_id } });
      await client.invalidateQueries({ queryKey: readJobsQueryKey() });
    },
  });
  const remove = useMutation({
    ...told(deleteJobMutation()),
    onSettled: () => setAsking(null),
    onSuccess: async () => {
      await navigate({ to: "/" });
      client.removeQueries({ queryKey: readJobQueryKey({ path }) });
      await client.invalidateQueries({ queryKey: readJobsQueryKey() });
      toast.success(appStrings.job.deleted);
    },
  });
  const paused = job.status === "paused";
  const open = job.status === "processing" || paused;
  const turning = pause.isPending || resume.isPending;
  useCommands([
    ...(open
      ? [
          {
            id: "pause",
            title: paused ? appStrings.job.resume : appStrings.job.pause,
            run: () => (paused ? resume : pause).mutate({ path }),
          },
          { id: "cancel", title: appStrings.job.cancel, run: () => setAsking("cancel") },
        ]
      : []),
    ...(finished.length > 0
      ? [
          {
            id: "download",
            title: `${jobStrings.download}: ${jobStrings.downloadAll(finished.length)}`,
            run: () => setDownloading(finished),
          },
        ]
      : []),
    ...(picks.length > 0
      ? [
          {
            id: "download picks",
            title: `${jobStrings.download}: ${jobStrings.downloadPicks(picks.length)}`,
            run: () => setDownloading(picks),
          },
        ]
      : []),
    ...(refused.size > 0 ? [{ id: "fix", title: jobStrings.fix(refused.size), run: onFix }] : []),
    { id: "duplicate", title: jobStrings.duplicate, run: () => copy.mutate({ path }) },
    {
      id: "like",
      title: jobStrings.likeThis,
      run: () => navigate({ to: "/new", search: { like: job.job_id } }),
    },
    { id: "delete", title: appStrings.job.delete, run: () => setAsking("delete") },
  ]);
  return (
    <>
      {finished.length > 0 && <ShareButton what={{ job_id: job.job_id }} />}
      {refused.size > 0 && (
        <Button onClick={onFix}>
          <Pencil />
          {jobStrings.fix(refused.size)}
        </Button>
      )}
      {retryable.length > 0 && (
        <Button
          title={appStrings.job.retryFailedHint}
          disabled={retry.isPending}
          onClick={() => retry.mutate({ body: { video_ids: retryable.map((each) => each.video_id) } })}
        >
          <RotateCw />
          {moneyStrings.button(
            jobStrings.retry(retryable.length),
            priceWords(againPrice(retryable, providers)),
          )}
        </Button>
      )}
      {finished.length > 0 && (
        <Menu
          trigger={
            <Button kind={open ? "plain" : "primary"}>
              <Download />
              {jobStrings.download}
            </Button>
          }
        >
          <MenuItem onSelect={() => setDownloading(finished)}>
            <Download />
            {jobStrings.downloadAll(finished.length)}
          </MenuItem>
          <MenuItem disabled={picks.length === 0} onSelect={() => setDownloading(picks)}>
            <CircleCheck />
            {jobStrings.downloadPicks(picks.length)}
          </MenuItem>
          <MenuItem disabled={starred.length === 0} onSelect={() => setDownloading(starred)}>
            <Star />
            {jobStrings.downloadStars(starred.length)}
          </MenuItem>
        </Menu>
      )}
      {open && (
        // One button, never disabled: it keeps the keyboard while it turns into the other.
        <Button
          kind={paused ? "primary" : "plain"}
          onClick={() => !turning && (paused ? resume : pause).mutate({ path })}
        >
          {paused ? <Play /> : <Pause />}
          {paused ? appStrings.job.resume : appStrings.job.pause}
        </Button>
      )}
      <Menu
        trigger={
          <Button size="icon" aria-label={appStrings.common.more}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => navigate({ to: "/new", search: { like: job.job_id } })}>
          <Plus />
          {jobStrings.likeThis}
        </MenuItem>
        <MenuItem disabled={copy.isPending} onSelect={() => copy.mutate({ path })}>
          <Copy />
          {jobStrings.duplicate}
        </MenuItem>
        {open && (
          <MenuItem onSelect={() => setAsking("cancel")}>
            <Ban />
            {appStrings.job.cancel}
          </MenuItem>
        )}
        <MenuItem danger onSelect={() => setAsking("delete")}>
          <Trash2 />
          {appStrings.job.delete}
        </MenuItem>
      </Menu>
      <Suspense>
        {downloading.length > 0 && (
          <DownloadDialog
            videos={downloading}
            name={job.job_name}
            left={0}
            onClose={() => setDownloading([])}
          />
        )}
        {asking === "cancel" && (
          <Confirm
            open
            onClose={() => setAsking(null)}
            title={appStrings.job.cancelTitle(job.job_name)}
            text={appStrings.job.cancelText}
            yes={appStrings.job.cancel}
            no={appStrings.job.cancelKeep}
            busy={cancel.isPending}
            onYes={() => cancel.mutate({ path })}
          />
        )}
        {asking === "delete" && (
          <Confirm
            open
            onClose={() => setAsking(null)}
            title={appStrings.job.deleteTitle(job.job_name)}
            text={appStrings.job.deleteText(job.expected_videos)}
            yes={appStrings.job.delete}
            busy={remove.isPending}
            onYes={() => remove.mutate({ path })}
          />
        )}
      </Suspense>
    </>
  );
}

/** A mutation whose failure is said. */
function told<Data, Error, Variables>(
  options: UseMutationOptions<Data, Error, Variables>,
): UseMutationOptions<Data, Error, Variables> {
  return { ...options, onError: (error) => toast.error(said(error)) };
}
