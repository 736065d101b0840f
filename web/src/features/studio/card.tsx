import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import {
  Bookmark,
  Check,
  CircleCheck,
  Clock,
  Download,
  Ellipsis,
  FileVideo,
  Hand,
  LoaderCircle,
  RotateCw,
  Shuffle,
  Trash2,
  TriangleAlert,
} from "lucide-react";
import type { Operation } from "@/api";
import { Clip, useHoverPlay } from "@/components/clip";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Progress } from "@/components/ui/progress";
import { downloadVideo } from "@/lib/download";
import { moment, until } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { moneyStrings } from "@/strings/money";
import { studioStrings } from "@/strings/studio";
import { elapsed, OperationFacts, Since } from "./facts";

export type CardActions = {
  open: (operation: Operation) => void;
  keep: (operation: Operation) => void;
  pick: (operation: Operation) => void;
  retry: (operation: Operation) => void;
  mark: (operation: Operation, range: boolean) => void;
  /** What making it again costs, in words. */
  price: (operation: Operation) => string;
  vary: (operation: Operation) => void;
  startFrom: (operation: Operation) => void;
  remove: (operation: Operation) => void;
};

type Props = { operation: Operation; actions: CardActions };
type CardProps = Props & { marked: boolean; anyMarked: boolean };

/** One video: its picture or how far it is, what it was made from, and what can be done with it. */
export function Card({ operation, actions, marked, anyMarked }: CardProps) {
  const { prompt, selected, video_url } = operation;
  return (
    <article
      aria-label={studioStrings.card.label(prompt)}
      className={clsx(
        "group flex h-full flex-col overflow-hidden rounded-xl border bg-surface outline-2",
        marked
          ? "border-accent outline-accent-text"
          : selected
            ? "border-good outline-transparent"
            : "border-line outline-transparent",
      )}
    >
      <div className="relative aspect-[4/3] bg-well">
        <div className="absolute inset-0">
          <Picture operation={operation} onOpen={() => actions.open(operation)} />
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a real checkbox does not tell whether Shift is held */}
        <button
          type="button"
          role="checkbox"
          aria-checked={marked}
          aria-label={studioStrings.card.select(prompt)}
          onClick={(event) => actions.mark(operation, event.shiftKey)}
          className={clsx(
            "absolute top-2 left-2 grid size-6 place-items-center rounded-md border text-white focus-visible:opacity-100 pointer-coarse:size-11",
            marked || anyMarked
              ? "opacity-100"
              : "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
            marked ? "border-accent bg-accent" : "border-white/60 bg-black/50",
          )}
        >
          {marked && <Check className="size-4" />}
        </button>
      </div>
      <div className="flex flex-1 flex-col gap-2 p-3">
        <p className="line-clamp-2 break-words text-sm" title={prompt}>
          {prompt}
        </p>
        <OperationFacts operation={operation} />
        <Expiry operation={operation} actions={actions} />
        <div className="mt-auto flex items-center gap-1">
          <Button size="sm" onClick={() => actions.vary(operation)}>
            <Shuffle />
            {studioStrings.card.vary}
          </Button>
          {retryable(operation) && (
            <Button size="sm" onClick={() => actions.retry(operation)}>
              <RotateCw />
              {moneyStrings.button(studioStrings.card.retry, actions.price(operation))}
            </Button>
          )}
          <span className="flex-1" />
          {video_url && (
            <>
              <Button
                kind="ghost"
                size="icon-sm"
                aria-pressed={selected}
                aria-label={selected ? studioStrings.card.picked : studioStrings.card.pick}
                title={selected ? studioStrings.card.picked : studioStrings.card.pick}
                onClick={() => actions.pick(operation)}
              >
                <CircleCheck className={selected ? "text-good" : undefined} />
              </Button>
              <Button
                kind="ghost"
                size="icon-sm"
                aria-label={studioStrings.card.download}
                title={studioStrings.card.download}
                onClick={() => downloadVideo(video_url)}
              >
                <Download />
              </Button>
            </>
          )}
          <CardMenu operation={operation} actions={actions} />
        </div>
      </div>
    </article>
  );
}

/** That it will be deleted, and the way to keep it. Nothing where it stays. */
export function Expiry({ operation, actions }: Props) {
  const { expires_at, selected } = operation;
  if (!expires_at || selected) return null;
  return (
    <p
      title={moment(expires_at)}
      className="flex items-center gap-2 self-start rounded-md bg-wait-soft py-0.5 pr-0.5 pl-2 text-wait text-xs"
    >
      <Clock className="size-3.5 shrink-0" />
      {studioStrings.card.expires(until(expires_at))}
      <Button kind="ghost" size="sm" className="h-6! text-wait!" onClick={() => actions.keep(operation)}>
        <Bookmark />
        {studioStrings.card.keep}
      </Button>
    </p>
  );
}

const REFUSED = ["policy_violation", "prominent_people", "minors", "copyright", "bad_input"];

/** Whether asking for it once more as it is may help: not what was refused, nor what may have been paid. */
function retryable({ status, error_type }: Operation): boolean {
  if (error_type && (REFUSED.includes(error_type) || error_type === "uncertain")) return false;
  return status === "error" || (status === "processing" && error_type !== null);
}

function CardMenu({ operation, actions }: Props) {
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="icon-sm" aria-label={appStrings.common.more}>
          <Ellipsis />
        </Button>
      }
    >
      {operation.last_frame_url && (
        <MenuItem onSelect={() => actions.startFrom(operation)}>
          <FileVideo />
          {studioStrings.card.asStart}
        </MenuItem>
      )}
      <MenuItem danger onSelect={() => actions.remove(operation)}>
        <Trash2 />
        {studioStrings.card.delete}
      </MenuItem>
    </Menu>
  );
}

function Picture({ operation, onOpen }: { operation: Operation; onOpen: () => void }) {
  const { status, message, suggestion, error_type, progress, created_at, job_id } = operation;
  const { playing, hover } = useHoverPlay();
  if (status === "completed") {
    return (
      <button
        type="button"
        {...hover}
        aria-label={`${studioStrings.card.play}: ${operation.prompt}`}
        className="-outline-offset-2 block size-full"
        onClick={onOpen}
      >
        <Clip
          picture={operation.thumbnail_url}
          video={operation.video_url}
          playing={playing}
          className="object-contain!"
        />
      </button>
    );
  }
  if (status === "error") {
    return (
      <div className="flex size-full flex-col justify-center gap-1 overflow-y-auto p-4 text-sm">
        <p className="flex items-center gap-1.5 font-medium text-bad">
          <TriangleAlert className="size-4 shrink-0" />
          {studioStrings.card.error}
        </p>
        <p className="break-words">{message}</p>
        {suggestion && <p className="text-muted text-xs">{suggestion}</p>}
      </div>
    );
  }
  const waits = status === "processing" && error_type !== null;
  const made = status === "processing" && !waits;
  const Icon = waits ? Hand : made ? LoaderCircle : Clock;
  const words = waits ? studioStrings.card.waiting : studioStrings.card[status];
  return (
    <div className="flex size-full flex-col items-center justify-center gap-2 p-4 text-center text-sm">
      <Icon
        className={
          waits ? "size-5 text-wait" : made ? "size-5 animate-spin text-accent-text" : "size-5 text-faint"
        }
      />
      <p>{words}</p>
      {progress !== null && <Progress label={words} value={progress} className="max-w-40" />}
      <p className="line-clamp-3 break-words text-muted text-xs">{message}</p>
      <Since iso={created_at}>{(seconds) => elapsed(seconds)}</Since>
      <Link to="/jobs/$jobId" params={{ jobId: job_id }} className="rounded text-muted text-xs underline">
        {studioStrings.card.job}
      </Link>
    </div>
  );
}
