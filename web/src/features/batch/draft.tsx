import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Images, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { JobView, ProviderView } from "@/api";
import {
  deleteJobMutation,
  readJobQueryKey,
  readJobsQueryKey,
  readVideosQueryKey,
} from "@/api/@tanstack/react-query.gen";
import { JobBadge } from "@/components/job-state";
import { ProjectMenu } from "@/components/project-menu";
import { Button } from "@/components/ui/button";
import { estimate, plannedShots } from "@/lib/batch-settings";
import { duration, money, words } from "@/lib/format";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";
import { DropZone } from "./drop-zone";
import { Outcome } from "./outcome";
import { PromptsField } from "./prompts-field";
import { StartBar } from "./start-bar";
import { UploadQuestion } from "./upload-question";
import { useBatch } from "./use-batch";

/** A job that has not been started: what it has, other files for it, start. */
export function Draft({ job, providers }: { job: JobView; providers: readonly ProviderView[] }) {
  const batch = useBatch();
  const client = useQueryClient();
  const navigate = useNavigate();
  const shots = plannedShots(job);
  const videos = shots * job.outputs;
  const filled = shots > 0;
  const [replacing, setReplacing] = useState(!filled);
  const path = { job_id: job.job_id };
  const again = () =>
    Promise.all(
      [readJobQueryKey({ path }), readVideosQueryKey({ path }), readJobsQueryKey()].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
  const remove = useMutation({
    ...deleteJobMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: async () => {
      await navigate({ to: "/" });
      await client.invalidateQueries({ queryKey: readJobsQueryKey() });
    },
  });
  const options = (job.settings.options ?? {}) as Record<string, unknown>;
  const provider = providers.find((each) => each.id === job.provider);
  const cost = provider && estimate(provider, { model: job.model, outputs: job.outputs, options }, shots);
  const changed =
    batch.phase.is === "idle" ? replacing && batch.canSend : batch.phase.is !== "ready" || batch.phase.stale;
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-6 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 truncate font-semibold text-xl tracking-tight">{job.job_name}</h1>
        <JobBadge status={job.status} />
        <ProjectMenu job={job} />
        <Button className="ml-auto" disabled={remove.isPending} onClick={() => remove.mutate({ path })}>
          <Trash2 />
          {appStrings.common.delete}
        </Button>
      </header>
      <dl className="flex flex-wrap gap-x-6 gap-y-2 rounded-xl border border-line bg-surface px-4 py-3 text-sm">
        {[["provider", job.model], ["outputs", job.outputs], ...Object.entries(options)].map(
          ([name, value]) => (
            <div key={String(name)}>
              <dt className="text-faint text-xs">
                {name === "outputs"
                  ? batchStrings.outputs
                  : (batchStrings.labels[String(name)] ?? words(String(name)))}
              </dt>
              <dd>{shown(String(name), value)}</dd>
            </div>
          ),
        )}
      </dl>
      {filled && !replacing && (
        <p className="flex flex-wrap items-center gap-2 rounded-xl border border-line bg-surface px-4 py-3">
          <Images className="size-4 text-muted" />
          {batchStrings.onServer(job.total_images, job.total_prompts)}
          <Button size="sm" className="ml-auto" onClick={() => setReplacing(true)}>
            {batchStrings.replace}
          </Button>
        </p>
      )}
      {replacing && (
        <>
          <DropZone pile={batch.pile} disabled={batch.sending} onChange={batch.setPile} />
          <PromptsField batch={batch} />
        </>
      )}
      <Outcome phase={batch.phase} textOnly={job.settings.allow_text_only === true} onStop={batch.stop} />
      {batch.phase.is === "wrong" && (
        <UploadQuestion
          errors={batch.phase.problem.errors ?? []}
          disabled={batch.sending}
          onAnswer={(answer) => batch.send(async () => job.job_id, answer).then(again)}
        />
      )}
      <StartBar
        jobId={job.job_id}
        videos={videos}
        estimate={
          filled && cost
            ? batchStrings.estimate(
                videos,
                cost.dollars === null
                  ? batchStrings.unknown
                  : cost.dollars > 0
                    ? money(cost.dollars)
                    : batchStrings.free,
                duration(cost.seconds),
              )
            : null
        }
        canStart={filled && !changed}
        canCheck={batch.canSend}
        checked={filled}
        onCheck={() => batch.send(async () => job.job_id).then(again)}
        onStarted={again}
      />
    </div>
  );
}

function shown(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? batchStrings.yes : batchStrings.no;
  const unit = batchStrings.units[name];
  return unit ? `${value} ${unit}` : String(value);
}
