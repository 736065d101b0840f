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
import { t } from "@/strings/en";

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
    onSuccess: ({ retried }) => toast.success(t.job.retried(retried)),
  });
  const remove = useMutation({
    ...told(deleteJobMutation()),
    onSettled: () => setAsking(null),
    onSuccess: async () => {
      await navigate({ to: "/" });
      client.removeQueries({ queryKey: readJobQueryKey({ path }) });
      await client.invalidateQueries({ queryKey: readJobsQueryKey() });
      toast.success(t.job.deleted);
    },
  });
  const paused = job.status === "paused";
  const open = job.status === "processing" || paused;
  const turning = pause.isPending || resume.isPending;
  return (
    <>
      {retryable > 0 && (
        <Button
          title={t.job.retryFailedHint}
          disabled={retry.isPending}
          onClick={() => retry.mutate({ path })}
        >
          <RotateCw />
          {t.job.retryFailed(retryable)}
        </Button>
      )}
      {open && (
        // One button, never disabled: it keeps the keyboard while it turns into the other.
        <Button
          kind={paused ? "primary" : "plain"}
          onClick={() => !turning && (paused ? resume : pause).mutate({ path })}
        >
          {paused ? <Play /> : <Pause />}
          {paused ? t.job.resume : t.job.pause}
        </Button>
      )}
      <Menu
        trigger={
          <Button size="icon" aria-label={t.common.more}>
            <Ellipsis />
          </Button>
        }
      >
        {open && (
          <MenuItem onSelect={() => setAsking("cancel")}>
            <Ban />
            {t.job.cancel}
          </MenuItem>
        )}
        <MenuItem danger onSelect={() => setAsking("delete")}>
          <Trash2 />
          {t.job.delete}
        </MenuItem>
      </Menu>
      <Suspense>
        {asking === "cancel" && (
          <Confirm
            open
            onClose={() => setAsking(null)}
            title={t.job.cancelTitle(job.job_name)}
            text={t.job.cancelText}
            yes={t.job.cancel}
            no={t.job.cancelKeep}
            busy={cancel.isPending}
            onYes={() => cancel.mutate({ path })}
          />
        )}
        {asking === "delete" && (
          <Confirm
            open
            onClose={() => setAsking(null)}
            title={t.job.deleteTitle(job.job_name)}
            text={t.job.deleteText(job.expected_videos)}
            yes={t.job.delete}
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
