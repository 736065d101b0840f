import { useQuery } from "@tanstack/react-query";
import {
  CircleCheck,
  CircleX,
  Columns2,
  CopyPlus,
  Download,
  Pencil,
  RotateCw,
  Scaling,
  Trash2,
  X,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import type { VideoView } from "@/api";
import { readProvidersOptions } from "@/api/@tanstack/react-query.gen";
import { DownloadDialog } from "@/components/download-dialog";
import { ShareButton } from "@/components/share-button";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { againPrice, priceWords } from "@/lib/readiness";
import { isRetryable } from "@/lib/take-filter";
import { bulkStrings } from "@/strings/bulk";
import { moneyStrings } from "@/strings/money";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { upscaleStrings } from "@/strings/upscale";
import { onePerShot, samePrompts } from "./shots";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { upscalable } from "./upscale-tasks";

type Props = {
  /** What the ZIP is called. */
  name: string;
  marked: VideoView[];
  actions: TakeActions;
  onMore: (videos: VideoView[]) => void;
  onEdit: (videos: VideoView[]) => void;
  onDone: () => void;
};

/** Takes of one link. */
const MOST_SHARED = 500;

/** What can be done with all that is marked. */
export function ActionBar({ name, marked, actions, onMore, onEdit, onDone }: Props) {
  const [downloading, setDownloading] = useState(false);
  const finished = marked.filter((each) => each.status === "completed");
  const small = upscalable(marked);
  const { data: providers = [] } = useQuery(readProvidersOptions());
  const retryable = marked.filter(isRetryable);
  const settled = marked.filter((each) => isAgain(each));
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
            words={(unselects ? takesStrings.bar.unselect : takesStrings.bar.select)(finished.length)}
            off={finished.length === 0}
            run={() => actions.select(finished, !unselects)}
          />
          <Do
            icon={<CircleX />}
            words={takesStrings.bar.reject(finished.length)}
            off={finished.length === 0}
            run={() => actions.reject(finished, !finished.every((each) => each.rejected))}
          />
          {finished.length > 0 && finished.length <= MOST_SHARED && (
            <ShareButton quiet what={{ video_ids: finished.map((each) => each.video_id) }} />
          )}
          <Do
            icon={<Scaling />}
            words={upscaleStrings.do}
            title={upscaleStrings.doLong}
            off={small.length === 0}
            run={() => actions.upscale(small)}
          />
          <Do
            icon={<CopyPlus />}
            words={bulkStrings.more}
            off={finished.length === 0}
            run={() => onMore(onePerShot(finished))}
          />
          <Do
            icon={<Pencil />}
            words={bulkStrings.edit(samePrompts(settled).length)}
            off={settled.length === 0}
            run={() => onEdit(settled)}
          />
          {few && (
            <Do
              icon={<Columns2 />}
              words={reviewStrings.compare.do}
              run={() => actions.compare({ takes: finished })}
            />
          )}
          {retryable.length > 0 && (
            <Do
              icon={<RotateCw />}
              words={moneyStrings.button(
                reviewStrings.retryMarked(retryable.length),
                priceWords(againPrice(retryable, providers)),
              )}
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
          name={name}
          left={marked.length - finished.length}
          onClose={() => setDownloading(false)}
        />
      )}
    </>
  );
}

/** Whether it can be made again with other words: not while it is made, nor when it may have been paid. */
function isAgain({ status, waiting_for }: VideoView): boolean {
  return status !== "queued" && status !== "generating" && waiting_for !== "uncertain";
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
