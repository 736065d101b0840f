import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { toast } from "sonner";
import { type JobView, pauseJob, resumeJob } from "@/api";
import { readJobsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { said } from "@/lib/problem";
import { projectsStrings } from "@/strings/projects";

/** Pause whatever runs, or resume what its user has paused. */
export function PauseAll({ jobs }: { jobs: readonly JobView[] }) {
  const client = useQueryClient();
  const running = jobs.filter((each) => each.status === "processing");
  const paused = jobs.filter((each) => each.paused_by === "user");
  const turn = useMutation({
    mutationFn: async () => {
      for (const { job_id } of running) await pauseJob({ path: { job_id }, throwOnError: true });
      if (running.length > 0) return;
      for (const { job_id } of paused) await resumeJob({ path: { job_id }, throwOnError: true });
    },
    onError: (error) => toast.error(said(error)),
    onSettled: () => client.invalidateQueries({ queryKey: readJobsQueryKey() }),
  });
  if (running.length === 0 && paused.length === 0) return null;
  const pauses = running.length > 0;
  return (
    <Button size="sm" kind="ghost" disabled={turn.isPending} onClick={() => turn.mutate()}>
      {pauses ? <Pause /> : <Play />}
      {pauses ? projectsStrings.queue.pauseAll : projectsStrings.queue.resumeAll}
    </Button>
  );
}
