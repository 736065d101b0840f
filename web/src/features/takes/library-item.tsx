import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Check, CircleCheck, CircleX, Star } from "lucide-react";
import { memo } from "react";
import type { VideoView } from "@/api";
import { Scrub } from "@/components/scrub";
import { ago, duration, moment } from "@/lib/format";
import { libraryStrings } from "@/strings/library";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import type { LibrarySize } from "./library-filters";
import type { TakeActions } from "./take-actions";

type Props = {
  video: VideoView;
  job: string;
  size: LibrarySize;
  marked: boolean;
  anyMarked: boolean;
  actions: TakeActions;
};

/** One take of the library: scrubbed by the pointer, opened by a click, selected by its box. */
export const LibraryItem = memo(function LibraryItem({
  video,
  job,
  size,
  marked,
  anyMarked,
  actions,
}: Props) {
  const line = size === "list";
  const facts = [
    video.model,
    video.resolution?.replace("x", " × "),
    video.duration_seconds === null ? null : duration(video.duration_seconds),
  ].filter((each) => each);
  return (
    <li
      data-take={video.video_id}
      className={clsx(
        "group relative min-w-0 overflow-hidden rounded-lg border bg-surface outline-2",
        line && "flex items-center gap-3",
        marked ? "border-accent outline-accent-text" : "border-line outline-transparent",
        video.selected && !marked && "border-good",
        video.rejected && "opacity-50",
      )}
    >
      <button
        type="button"
        aria-label={libraryStrings.label(video.prompt_text)}
        className={clsx(
          "-outline-offset-2 block overflow-hidden bg-well",
          line ? "h-16 w-28 shrink-0" : "aspect-video w-full",
        )}
        onClick={(event) => (event.shiftKey ? actions.mark(video, true) : actions.open(video))}
      >
        <Scrub picture={video.thumbnail_url} video={video.video_url} className="object-contain!" />
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a real checkbox does not tell whether Shift is held */}
      <button
        type="button"
        role="checkbox"
        aria-checked={marked}
        aria-label={`${takesStrings.gallery.mark}: ${video.prompt_text}`}
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
      <span className="tnum pointer-events-none absolute top-1.5 right-1.5 flex items-center gap-1 rounded bg-black/60 px-1.5 font-medium text-2xs text-white empty:hidden">
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
        {video.rejected && (
          <CircleX aria-label={takesStrings.gallery.rejected} className="size-3 text-[#fca5a5]" />
        )}
        {video.selected && (
          <CircleCheck aria-label={takesStrings.gallery.selected} className="size-3 text-[#6ee7a8]" />
        )}
        {video.upscaled && <span>4K</span>}
      </span>
      {size !== "s" && (
        <div className={clsx("min-w-0", line ? "flex-1 py-2 pr-16" : "p-2")}>
          <p className={clsx("text-sm", line ? "truncate" : "line-clamp-2")} title={video.prompt_text}>
            {video.prompt_text}
          </p>
          <p className="tnum flex gap-x-1.5 truncate text-faint text-xs">
            <Link
              to="/jobs/$jobId"
              params={{ jobId: video.job_id }}
              search={{ video: video.video_id }}
              title={libraryStrings.openJob}
              className="truncate rounded hover:text-text hover:underline"
            >
              {job}
            </Link>
            {facts.length > 0 && <span className="truncate">· {facts.join(" · ")}</span>}
            <time className="ml-auto shrink-0" title={moment(video.created_at)}>
              {ago(video.created_at)}
            </time>
          </p>
        </div>
      )}
    </li>
  );
});
