import { Link } from "@tanstack/react-router";
import {
  Bookmark,
  BookmarkCheck,
  Clock,
  Download,
  Ellipsis,
  FileVideo,
  Hand,
  LoaderCircle,
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
import { moment } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { studioStrings } from "@/strings/studio";
import { elapsed, OperationFacts, Since } from "./facts";

export type CardActions = {
  open: (operation: Operation) => void;
  keep: (operation: Operation) => void;
  vary: (operation: Operation) => void;
  startFrom: (operation: Operation) => void;
  remove: (operation: Operation) => void;
};

type Props = { operation: Operation; actions: CardActions };

/** One video: its picture or how far it is, what it was made from, and what can be done with it. */
export function Card({ operation, actions }: Props) {
  const { prompt, selected, video_url } = operation;
  return (
    <article
      aria-label={studioStrings.card.label(prompt)}
      className="flex h-full flex-col overflow-hidden rounded-xl border border-line bg-surface"
    >
      <div className="relative aspect-[4/3] bg-well">
        <div className="absolute inset-0">
          <Picture operation={operation} onOpen={() => actions.open(operation)} />
        </div>
      </div>
      <div className="flex flex-1 flex-col gap-2 p-3">
        <p className="line-clamp-2 break-words text-sm" title={prompt}>
          {prompt}
        </p>
        <OperationFacts operation={operation} />
        <div className="mt-auto flex items-center gap-1">
          <Button size="sm" onClick={() => actions.vary(operation)}>
            <Shuffle />
            {studioStrings.card.vary}
          </Button>
          <span className="flex-1" />
          {video_url && (
            <>
              <Button
                kind="ghost"
                size="icon-sm"
                aria-pressed={selected}
                aria-label={selected ? studioStrings.card.kept : studioStrings.card.keep}
                title={
                  operation.expires_at
                    ? studioStrings.card.expires(moment(operation.expires_at))
                    : studioStrings.card.kept
                }
                onClick={() => actions.keep(operation)}
              >
                {selected ? <BookmarkCheck className="text-good" /> : <Bookmark />}
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
