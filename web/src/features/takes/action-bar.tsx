import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Download, Trash2, X } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { deleteVideo, type JobView, type VideoView } from "@/api";
import { readJobQueryKey, readJobsQueryKey, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { said } from "@/lib/problem";
import { tt } from "@/strings/takes";
import { DownloadDialog } from "./download-dialog";

type Props = {
  job: JobView;
  marked: VideoView[];
  select: (video: VideoView, selected: boolean) => void;
  onDone: () => void;
};

/** What can be done with all that is marked. */
export function ActionBar({ job, marked, select, onDone }: Props) {
  const [asking, ask] = useState<"download" | "delete" | null>(null);
  const finished = marked.filter((each) => each.status === "completed");
  const running = marked.filter((each) => each.status === "generating");
  const deletable = marked.filter((each) => each.status !== "generating" && each.waiting_for !== "uncertain");
  const remove = useDelete(job.job_id, () => ask(null));
  return (
    <>
      {marked.length > 0 && (
        <div
          role="toolbar"
          aria-label={tt.bar.label}
          className="rise -translate-x-1/2 fixed bottom-4 left-1/2 z-30 flex max-w-[calc(100vw-1.5rem)] items-center gap-1.5 rounded-xl border border-line-strong bg-surface p-1.5 pl-4 shadow-pop"
        >
          <p role="status" className="tnum mr-2 whitespace-nowrap font-medium text-sm">
            {tt.bar.marked(marked.length)}
          </p>
          <Button kind="primary" disabled={finished.length === 0} onClick={() => ask("download")}>
            <Download />
            <span className="max-sm:sr-only">{tt.bar.download}</span>
          </Button>
          <Button
            disabled={finished.length === 0}
            onClick={() => {
              for (const video of finished) if (!video.selected) select(video, true);
            }}
          >
            <CircleCheck />
            <span className="max-sm:sr-only">{tt.bar.select}</span>
          </Button>
          <Button disabled={deletable.length === 0} onClick={() => ask("delete")}>
            <Trash2 />
            <span className="max-sm:sr-only">{tt.bar.delete}</span>
          </Button>
          <Button kind="ghost" size="icon" aria-label={tt.bar.unmark} onClick={onDone}>
            <X />
          </Button>
        </div>
      )}
      {asking === "download" && (
        <DownloadDialog
          videos={finished}
          name={job.job_name}
          left={marked.length - finished.length}
          onClose={() => ask(null)}
        />
      )}
      <Confirm
        open={asking === "delete"}
        onClose={() => ask(null)}
        title={tt.bar.deleteTitle(deletable.length)}
        text={
          running.length > 0
            ? `${tt.bar.deleteText} ${tt.bar.deleteRunning(running.length)}`
            : tt.bar.deleteText
        }
        yes={tt.bar.delete}
        busy={remove.isPending}
        onYes={() => remove.mutate(deletable)}
      />
    </>
  );
}

const AT_ONCE = 4;

/** Delete videos, a few at a time; says how many went, and why others did not. */
export function useDelete(job_id: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (videos: VideoView[]) => {
      const queue = [...videos];
      const failures: unknown[] = [];
      const work = async () => {
        for (let video = queue.pop(); video; video = queue.pop()) {
          const { error } = await deleteVideo({ path: { video_id: video.video_id } });
          if (error) failures.push(error);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return { deleted: videos.length - failures.length, failures };
    },
    onSuccess: ({ deleted, failures }) => {
      if (deleted > 0) toast.success(tt.bar.deleted(deleted));
      if (failures.length > 0) toast.error(tt.bar.notDeleted(failures.length, said(failures[0])));
    },
    onError: (error) => toast.error(said(error)),
    onSettled: async () => {
      onDone();
      const path = { job_id };
      const keys = [readVideosQueryKey({ path }), readJobQueryKey({ path }), readJobsQueryKey()];
      await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}
