import { CircleCheck, Columns2, Download, RotateCw, Scaling, Trash2, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { JobView, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { isRetryable } from "@/lib/take-filter";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { upscaleStrings } from "@/strings/upscale";
import { DownloadDialog } from "./download-dialog";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { upscalable } from "./upscale-tasks";

type Props = {
  job: JobView;
  marked: VideoView[];
  actions: TakeActions;
  onUpscale: (videos: VideoView[]) => void;
  onDone: () => void;
};

/** What can be done with all that is marked. */
export function ActionBar({ job, marked, actions, onUpscale, onDone }: Props) {
  const [downloading, setDownloading] = useState(false);
  const finished = marked.filter((each) => each.status === "completed");
  const small = upscalable(marked);
  const retryable = marked.filter(isRetryable);
  const deletable = marked.filter((each) => each.status !== "generating" && each.waiting_for !== "uncertain");
  const unselects = finished.length > 0 && finished.every((each) => each.selected);
  const few = finished.length > 1 && finished.length <= MOST_COMPARED;
  return (
    <>
      {marked.length > 0 && (
        <div
          role="toolbar"
          aria-label={takesStrings.bar.label}
          className="rise -translate-x-1/2 fixed bottom-4 left-1/2 z-30 flex w-max max-w-[calc(100vw-1.5rem)] flex-wrap items-center justify-center gap-1.5 rounded-xl border border-line-strong bg-surface p-1.5 pl-4 shadow-pop max-sm:gap-1 max-sm:pl-3"
        >
          <p role="status" className="tnum mr-1 whitespace-nowrap font-medium text-sm sm:mr-2">
            <span className="max-sm:sr-only">{takesStrings.bar.marked(marked.length)}</span>
            <span aria-hidden className="sm:hidden">
              {count(marked.length)}
            </span>
          </p>
          <Do
            primary
            icon={<Download />}
            words={takesStrings.bar.download}
            off={finished.length === 0}
            run={() => setDownloading(true)}
          />
          <Do
            icon={<CircleCheck />}
            words={unselects ? takesStrings.bar.unpick(finished.length) : takesStrings.bar.select}
            off={finished.length === 0}
            run={() => actions.select(finished, !unselects)}
          />
          <Do
            icon={<Scaling />}
            words={upscaleStrings.do}
            title={upscaleStrings.doLong}
            off={small.length === 0}
            run={() => onUpscale(small)}
          />
          {few && (
            <Do icon={<Columns2 />} words={reviewStrings.compare.do} run={() => actions.compare(finished)} />
          )}
          {retryable.length > 0 && (
            <Do
              icon={<RotateCw />}
              words={reviewStrings.retryMarked(retryable.length)}
              run={() => actions.retry(retryable)}
            />
          )}
          <Do
            icon={<Trash2 />}
            words={takesStrings.bar.delete}
            off={deletable.length === 0}
            run={() => actions.remove(deletable)}
          />
          <Button kind="ghost" size="icon" aria-label={takesStrings.bar.unmark} title="Esc" onClick={onDone}>
            <X />
          </Button>
        </div>
      )}
      {downloading && (
        <DownloadDialog
          videos={finished}
          name={job.job_name}
          left={marked.length - finished.length}
          onClose={() => setDownloading(false)}
        />
      )}
    </>
  );
}

type DoProps = {
  icon: ReactNode;
  words: string;
  title?: string;
  run: () => unknown;
  off?: boolean;
  primary?: boolean;
};

/** One thing to do; on a phone its picture alone. */
function Do({ icon, words, title = words, run, off = false, primary = false }: DoProps) {
  return (
    <Button
      kind={primary ? "primary" : "plain"}
      className="max-md:px-2.5 max-sm:px-2"
      disabled={off}
      title={title}
      onClick={run}
    >
      {icon}
      <span className="max-md:sr-only">{words}</span>
    </Button>
  );
}
