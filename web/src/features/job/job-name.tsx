import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { JobView } from "@/api";
import { readJobQueryKey, readJobsQueryKey, updateJobMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { jobStrings } from "@/strings/job";

const LONGEST = 200;

/** The name of a job, written anew in its place. */
export function JobName({ job }: { job: JobView }) {
  const [typed, setTyped] = useState<string | null>(null);
  const client = useQueryClient();
  const path = { job_id: job.job_id };
  const rename = useMutation({
    ...updateJobMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (now) => {
      client.setQueryData(readJobQueryKey({ path }), now);
      void client.invalidateQueries({ queryKey: readJobsQueryKey() });
      setTyped(null);
    },
  });
  function save(): void {
    const name = typed?.trim();
    if (!name || name === job.job_name) setTyped(null);
    else rename.mutate({ path, body: { job_name: name } });
  }
  if (typed !== null) {
    return (
      <form
        className="min-w-0 flex-1 basis-64"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <h1 className="sr-only">{job.job_name}</h1>
        <Input
          autoFocus
          aria-label={jobStrings.name}
          value={typed}
          maxLength={LONGEST}
          className="h-9! font-semibold text-lg!"
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={save}
          onKeyDown={(event) => event.key === "Escape" && setTyped(null)}
        />
      </form>
    );
  }
  return (
    <>
      <h1 className="min-w-0 truncate font-semibold text-xl tracking-tight">{job.job_name}</h1>
      <Button
        kind="ghost"
        size="icon-sm"
        aria-label={jobStrings.rename}
        title={jobStrings.rename}
        onClick={() => setTyped(job.job_name)}
      >
        <Pencil />
      </Button>
    </>
  );
}
