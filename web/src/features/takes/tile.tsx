import { clsx } from "clsx";
import { Check, CircleCheck, CircleX, Download, Star, TriangleAlert } from "lucide-react";
import { memo, useState } from "react";
import type { VideoView } from "@/api";
import { Clip, useHoverPlay } from "@/components/clip";
import { Button } from "@/components/ui/button";
import { downloadVideo } from "@/lib/download";
import { duration } from "@/lib/format";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { Going } from "./going";
import type { TakeActions } from "./take-actions";
import { TroubleTile } from "./trouble";

type Props = {
  video: VideoView;
  shape: number;
  paused: boolean;
  /** It is the tab stop of the gallery; the others are reached by arrows. */
  tab: boolean;
  marked: boolean;
  anyMarked: boolean;
  actions: TakeActions;
};

const TOUCH = matchMedia("(pointer: coarse)");

/** One take: its picture, or what is with it instead. What can be done with it comes with the pointer or the
 * keyboard: a gallery is scrolled through far more often than its buttons are used. */
export const Tile = memo(function Tile({ video, shape, paused, tab, marked, anyMarked, actions }: Props) {
  const name = takesStrings.gallery.take(video.prompt_number, video.video_index);
  const done = video.status === "completed";
  const [near, setNear] = useState(TOUCH.matches);
  const comes = near ? undefined : () => setNear(true);
  return (
    <article
      aria-label={name}
      data-take={video.video_id}
      className={clsx(
        "group relative select-none overflow-hidden rounded-lg bg-well outline-2",
        marked ? "outline-accent-text" : video.selected ? "outline-good" : "outline-transparent",
        video.rejected && !marked && "opacity-50",
      )}
      style={{ aspectRatio: shape }}
      onPointerEnter={comes}
      onFocus={comes}
    >
      {done ? (
        <Picture video={video} name={name} near={near} tab={tab} actions={actions} />
      ) : video.status === "failed" || video.status === "waiting" || video.status === "cancelled" ? (
        <TroubleTile video={video} tab={tab} actions={actions} />
      ) : (
        <Going video={video} paused={paused} />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a real checkbox does not tell whether Shift is held */}
      <button
        type="button"
        role="checkbox"
        aria-checked={marked}
        aria-label={`${takesStrings.gallery.mark} ${name}`}
        tabIndex={tab ? 0 : -1}
        onClick={(event) => actions.mark(video, event.shiftKey)}
        className={clsx(
          "absolute top-1.5 left-1.5 grid size-6 place-items-center rounded-md border text-white focus-visible:opacity-100",
          marked || anyMarked
            ? "opacity-100"
            : "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
          marked ? "border-accent bg-accent" : "border-white/60 bg-black/50",
        )}
      >
        {marked && <Check className="size-4" />}
      </button>
      <span className="tnum pointer-events-none absolute top-1.5 right-1.5 flex items-center gap-1 rounded bg-black/60 px-1.5 font-medium text-2xs text-white">
        {video.rating > 0 && (
          <span
            role="img"
            aria-label={reviewStrings.stars.of(video.rating)}
            className="flex items-center gap-0.5 text-[#fcd34d]"
          >
            <Star className="size-2.5 fill-current" />
            {video.rating}
          </span>
        )}
        {(video.delivered_differs ?? []).length > 0 && (
          <TriangleAlert aria-label={takesStrings.player.differs} className="size-3 text-[#fcd34d]" />
        )}
        {video.rejected && (
          <CircleX aria-label={takesStrings.gallery.rejected} className="size-3 text-[#fca5a5]" />
        )}
        {video.selected && (
          <CircleCheck aria-label={takesStrings.gallery.selected} className="size-3 text-[#6ee7a8]" />
        )}
        {video.video_index}
      </span>
    </article>
  );
});

type PictureProps = { video: VideoView; name: string; near: boolean; tab: boolean; actions: TakeActions };

function Picture({ video, name, near, tab, actions }: PictureProps) {
  const { playing, hover } = useHoverPlay();
  return (
    // The pointer only plays a preview; everything that can be done is in the buttons.
    <div className="size-full" {...hover}>
      <button
        type="button"
        aria-label={`${takesStrings.gallery.open} ${name}`}
        tabIndex={tab ? 0 : -1}
        className="-outline-offset-2 block size-full"
        onClick={(event) => (event.shiftKey ? actions.mark(video, true) : actions.open(video))}
      >
        <Clip picture={video.thumbnail_url} video={video.video_url} playing={playing} />
      </button>
      {near && <Doings video={video} name={name} tab={tab} actions={actions} />}
    </div>
  );
}

function Doings({ video, name, tab, actions }: Omit<PictureProps, "near">) {
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-0 flex items-end justify-between gap-1 bg-gradient-to-t from-black/70 to-transparent p-1.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
      <span className="tnum px-1 text-2xs text-white">{duration(video.duration_seconds ?? 0)}</span>
      <span className="pointer-events-auto flex gap-1">
        <Button
          kind="glass"
          size="icon-sm"
          tabIndex={tab ? 0 : -1}
          aria-label={`${video.selected ? takesStrings.gallery.selected : takesStrings.gallery.select} ${name}`}
          aria-pressed={video.selected}
          onClick={() => actions.select([video], !video.selected)}
        >
          <CircleCheck className={video.selected ? "text-[#6ee7a8]" : undefined} />
        </Button>
        {video.video_url && (
          <Button
            kind="glass"
            size="icon-sm"
            tabIndex={tab ? 0 : -1}
            aria-label={`${takesStrings.bar.download} ${name}`}
            onClick={() => video.video_url && downloadVideo(video.video_url)}
          >
            <Download />
          </Button>
        )}
      </span>
    </div>
  );
}
