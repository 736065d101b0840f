import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Scaling, Square } from "lucide-react";
import { toast } from "sonner";
import type { UpscaleView, VideoView } from "@/api";
import { cancelUpscaleMutation, listUpscalesQueryKey } from "@/api/@tanstack/react-query.gen";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Progress } from "@/components/ui/progress";
import { duration, percent } from "@/lib/format";
import { said } from "@/lib/problem";
import { takesStrings } from "@/strings/takes";
import { upscaleStrings } from "@/strings/upscale";

type Props = {
  task: UpscaleView;
  names: ReadonlyMap<string, VideoView>;
  open: boolean;
  onOpen: (open: boolean) => void;
};

const TONES: Record<UpscaleView["status"], Tone> = {
  queued: "neutral",
  running: "accent",
  completed: "good",
  failed: "bad",
  cancelled: "neutral",
};

/** 4K copies on their way: a line in the corner, and video by video when asked. */
export function UpscaleProgress({ task, names, open, onOpen }: Props) {
  const client = useQueryClient();
  const stop = useMutation({
    ...cancelUpscaleMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      onOpen(false);
      toast.message(upscaleStrings.stopped);
    },
    onSettled: () => client.invalidateQueries({ queryKey: listUpscalesQueryKey() }),
  });
  const left = task.eta_seconds === null ? null : upscaleStrings.left(duration(task.eta_seconds));
  const place = upscaleStrings.place(task.current_video, task.total_videos);
  return (
    <>
      <section
        aria-label={upscaleStrings.working}
        className="fixed bottom-4 left-4 z-20 flex w-72 max-w-[calc(100vw-2rem)] items-center gap-3 rounded-xl border border-line-strong bg-surface py-2 pr-2 pl-4 shadow-pop max-sm:bottom-20"
      >
        <div className="min-w-0 flex-1">
          <p className="tnum flex justify-between gap-2 text-sm">
            <span className="truncate font-medium">
              {upscaleStrings.working} {place}
            </span>
            <span className="text-muted">{percent(task.progress)}</span>
          </p>
          <Progress label={upscaleStrings.working} value={task.progress} className="mt-1" />
          {left && <p className="tnum mt-1 text-faint text-xs">{left}</p>}
        </div>
        <Button size="sm" onClick={() => onOpen(true)}>
          {upscaleStrings.show}
        </Button>
      </section>
      <Dialog
        open={open}
        onClose={() => onOpen(false)}
        title={upscaleStrings.working}
        text={[place, percent(task.progress), left].filter(Boolean).join(" · ")}
        footer={
          <>
            <Button
              disabled={stop.isPending}
              onClick={() => stop.mutate({ path: { task_id: task.task_id } })}
            >
              <Square />
              {upscaleStrings.stop}
            </Button>
            <Button kind="primary" onClick={() => onOpen(false)}>
              {upscaleStrings.hide}
            </Button>
          </>
        }
      >
        <ul className="flex flex-col divide-y divide-line">
          {task.videos.map((each) => {
            const video = names.get(each.video_id);
            const name = video
              ? takesStrings.gallery.take(video.prompt_number, video.video_index)
              : upscaleStrings.working;
            return (
              <li key={each.video_id} className="flex flex-col gap-1.5 py-2">
                <p className="flex items-center justify-between gap-3 text-sm">
                  <span className="flex min-w-0 items-center gap-2 truncate">
                    <Scaling className="size-4 shrink-0 text-faint" />
                    {name}
                  </span>
                  <Badge tone={TONES[each.status]}>
                    {each.status === "running" ? percent(each.progress) : upscaleStrings.status[each.status]}
                  </Badge>
                </p>
                {each.status === "running" && (
                  <Progress label={upscaleStrings.progress(name)} value={each.progress} />
                )}
                {each.error && <p className="break-words text-muted text-xs">{each.error}</p>}
              </li>
            );
          })}
        </ul>
      </Dialog>
    </>
  );
}
