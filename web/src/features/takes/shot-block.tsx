import { Columns2, Type } from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { GAP, type GalleryLayout, SHOT_GAP, SOURCE } from "./gallery-layout";
import type { Shot } from "./shots";
import type { TakeActions } from "./take-actions";
import { Tile } from "./tile";

type Props = {
  shot: Shot;
  shape: number;
  layout: GalleryLayout;
  paused: boolean;
  marks: ReadonlySet<string>;
  tab: string | null;
  actions: TakeActions;
};

/** One shot: what it is made from, its takes beside (or, where it is narrow, below). */
export const ShotBlock = memo(function ShotBlock({
  shot,
  shape,
  layout,
  paused,
  marks,
  tab,
  actions,
}: Props) {
  return (
    <section
      aria-label={takesStrings.gallery.shot(shot.number)}
      className={cn("flex min-w-0", layout.stacked && "flex-col")}
      style={{ gap: layout.stacked ? GAP : SHOT_GAP }}
    >
      <Source shot={shot} actions={actions} stacked={layout.stacked} />
      <div className="flex min-w-0 flex-1 flex-wrap content-start" style={{ gap: GAP }}>
        {shot.takes.map((video) => (
          <div key={video.video_id} style={{ width: layout.take }}>
            <Tile
              video={video}
              shape={shape}
              paused={paused}
              tab={video.video_id === tab}
              marked={marks.has(video.video_id)}
              anyMarked={marks.size > 0}
              actions={actions}
            />
          </div>
        ))}
      </div>
    </section>
  );
});

const CLAMP = "line-clamp-4";
const BESIDE = { width: SOURCE };

type SourceProps = { shot: Shot; actions: TakeActions; stacked: boolean };

function Source({ shot, actions, stacked }: SourceProps) {
  const [whole, setWhole] = useState(false);
  const text = useRef<HTMLParagraphElement>(null);
  const cut = useCut(text, shot.first.prompt_text);
  const { image_filename, image_url, prompt_text } = shot.first;
  const finished = shot.takes.filter((each) => each.status === "completed");
  const small = 64 * Math.ceil(devicePixelRatio);
  return (
    <div className="flex shrink-0 gap-3" style={stacked ? undefined : BESIDE}>
      {image_url ? (
        <img
          src={`${image_url}&width=${small}`}
          alt={image_filename ?? ""}
          title={image_filename ?? undefined}
          decoding="async"
          width={64}
          height={64}
          className="size-16 shrink-0 rounded-md bg-raised object-cover"
        />
      ) : (
        <span
          title={takesStrings.gallery.noImage}
          className="grid size-16 shrink-0 place-items-center rounded-md border border-line border-dashed text-faint"
        >
          <Type aria-label={takesStrings.gallery.noImage} className="size-5" />
        </span>
      )}
      <div className="min-w-0 flex-1 text-sm">
        <p className="flex items-baseline gap-2">
          <span className="tnum font-semibold">{shot.number}</span>
          <span className="truncate text-faint text-xs">
            {image_filename ?? takesStrings.gallery.noImage}
          </span>
        </p>
        <p ref={text} className={cn("mt-0.5 break-words text-muted", !whole && CLAMP)}>
          {prompt_text}
        </p>
        {finished.length > 1 && (
          <Button
            kind="ghost"
            size="sm"
            className="-ml-2"
            aria-label={reviewStrings.compare.shot(shot.number)}
            onClick={() => actions.compare({ shot: shot.id })}
          >
            <Columns2 />
            {reviewStrings.compare.do}
          </Button>
        )}
        {(cut || whole) && (
          <Button
            kind="ghost"
            size="sm"
            className="-ml-2"
            aria-expanded={whole}
            onClick={() => setWhole(!whole)}
          >
            {whole ? takesStrings.gallery.showLess : takesStrings.gallery.showMore}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whether a text has more lines than are shown. Looked at when the browser has laid it out and before it
 * paints: to ask for it earlier would have everything laid out once more for each text. */
function useCut(text: React.RefObject<HTMLParagraphElement | null>, words: string): boolean {
  const [cut, setCut] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words may be cut elsewhere in the same box
  useLayoutEffect(() => {
    const box = text.current;
    if (!box) return;
    const watcher = new ResizeObserver(() => {
      if (!box.classList.contains(CLAMP)) return; // all of it is shown, because it was cut
      const now = box.scrollHeight > box.clientHeight + 1;
      if (now !== cut) flushSync(() => setCut(now));
    });
    watcher.observe(box);
    return () => watcher.disconnect();
  }, [text, words, cut]);
  return cut;
}
