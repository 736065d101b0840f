import { type UseMutationOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { lazyRouteComponent, useNavigate } from "@tanstack/react-router";
import { Ban, Ellipsis, Pause, Play, RotateCw, Trash2 } from "lucide-react";
import { Suspense, useState } from "react";
import { toast } from "sonner";
import type { JobView } from "@/api";
import {
  cancelJobMutation,
  deleteJobMutation,
  pauseJobMutation,
  readJobQueryKey,
  readJobsQueryKey,
  resumeJobMutation,
  retryFailedMutation,
} from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";

const Confirm = lazyRouteComponent(() => import("@/components/ui/confirm"), "Confirm");

/** Pause, resume, retry, cancel, delete: only what the job's state allows. */
export function JobActions({ job, retryable }: { job: JobView; retryable: number }) {
  const [asking, setAsking] = useState<"cancel" | "delete" | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = { job_id: job.job_id };
  const toView = { onSuccess: (now: JobView) => client.setQueryData(readJobQueryKey({ path }), now) };
  const pause = useMutation({ ...told(pauseJobMutation()), ...toView });
  const resume = useMutation({ ...told(resumeJobMutation()), ...toView });
  const cancel = useMutation({ ...told(cancelJobMutation()), ...toView, onSettled: () => setAsking(null) });
  const retry = useMutation({
    ...told(retryFailedMutation()),
    onSuccess: ({ retried }) => toast.success(appStrings.job.retried(retried)),
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
  return (
    <>
      {retryable > 0 && (
        <Button
          title={appStrings.job.retryFailedHint}
          disabled={retry.isPending}
          onClick={() => retry.mutate({ path })}
        >
          <RotateCw />
          {appStrings.job.retryFailed(retryable)}
        </Button>
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
