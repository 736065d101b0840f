import { CircleCheck, CircleX } from "lucide-react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Stars } from "@/components/ui/stars";
import { cn } from "@/lib/cn";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import type { TakeActions } from "./take-actions";

type Props = {
  video: VideoView;
  place: number;
  focused: boolean;
  playing: boolean;
  screen: (screen: HTMLVideoElement | null) => void;
  actions: TakeActions;
  onFocus: () => void;
};

/** One of the takes beside each other: its picture, what it was made with, and what can be said of it. */
export function CompareTake({ video, place, focused, playing, screen, actions, onFocus }: Props) {
  const name = takesStrings.gallery.take(video.prompt_number, video.video_index);
  return (
    <li
      className={cn(
        "flex min-h-52 flex-col bg-well",
        video.rejected && "opacity-60",
        focused && "ring-2 ring-accent-text ring-inset",
      )}
      onFocus={onFocus}
      onPointerDown={onFocus}
    >
      <div className="relative min-h-0 flex-1">
        <video
          ref={screen}
          src={video.video_url ?? undefined}
          poster={video.thumbnail_url ?? undefined}
          aria-label={name}
          autoPlay={playing}
          loop
          playsInline
          muted={!focused}
          className="absolute inset-0 size-full object-contain p-1"
        />
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-x-2 border-line border-t bg-bg px-3 py-1">
        <kbd className="rounded border border-line-strong px-1 font-sans text-2xs text-faint">{place}</kbd>
        <span className="truncate text-sm">{name}</span>
        {video.seed !== null && (
          <span className="tnum truncate text-faint text-xs max-md:hidden">
            {reviewStrings.compare.seed(video.seed)}
          </span>
        )}
        <Stars
          value={video.rating}
          name={name}
          onChange={(rating) => actions.rate(video, rating)}
          className="ml-auto"
        />
        <Button
          kind={video.selected ? "plain" : "ghost"}
          aria-pressed={video.selected}
          aria-label={`${video.selected ? takesStrings.gallery.selected : takesStrings.gallery.select} ${name}`}
          onClick={() => actions.select([video], !video.selected)}
        >
          <CircleCheck className={video.selected ? "text-good" : undefined} />
          {video.selected ? takesStrings.gallery.selected : takesStrings.gallery.select}
        </Button>
        <Button
          kind={video.rejected ? "plain" : "ghost"}
          size="icon"
          aria-pressed={video.rejected}
          aria-label={`${takesStrings.gallery.reject} ${name}`}
          title={`${takesStrings.gallery.reject} (X)`}
          onClick={() => actions.reject([video], !video.rejected)}
        >
          <CircleX className={video.rejected ? "text-bad" : undefined} />
        </Button>
      </div>
    </li>
  );
}
