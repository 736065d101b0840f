import { Columns2, Type } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { GAP, type GalleryLayout, SHOT_GAP, SOURCE } from "@/lib/gallery-layout";
import type { Shot } from "@/lib/shots";
import { tr } from "@/strings/review";
import { tt } from "@/strings/takes";
import type { TakeActions } from "./take-actions";
import { Tile } from "./tile";

type Props = {
  shot: Shot;
  shape: number;
  layout: GalleryLayout;
  paused: boolean;
  marks: ReadonlySet<string>;
  actions: TakeActions;
};

/** One shot: what it is made from, its takes beside (or, where it is narrow, below). */
export function ShotBlock({ shot, shape, layout, paused, marks, actions }: Props) {
  return (
    <section
      aria-label={tt.gallery.shot(shot.number)}
      className={cn("flex min-w-0", layout.stacked && "flex-col")}
      style={{ gap: layout.stacked ? GAP : SHOT_GAP }}
    >
      <Source shot={shot} actions={actions} style={layout.stacked ? {} : { width: SOURCE }} />
      <div className="flex min-w-0 flex-1 flex-wrap content-start" style={{ gap: GAP }}>
        {shot.takes.map((video) => (
          <div key={video.video_id} style={{ width: layout.take }}>
            <Tile
              video={video}
              shape={shape}
              paused={paused}
              marked={marks.has(video.video_id)}
              anyMarked={marks.size > 0}
              actions={actions}
            />
          </div>
        ))}
      </div>
    </section>
  );
}

type SourceProps = { shot: Shot; actions: TakeActions; style: React.CSSProperties };

function Source({ shot, actions, style }: SourceProps) {
  const [whole, showWhole] = useState(false);
  const [cut, setCut] = useState(false);
  const text = useRef<HTMLParagraphElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text or place may be cut elsewhere
  useLayoutEffect(() => {
    if (text.current && !whole) setCut(text.current.scrollHeight > text.current.clientHeight + 1);
  }, [whole, shot.first.prompt_text, style.width]);
  const { image_filename, image_url, prompt_text } = shot.first;
  const finished = shot.takes.filter((each) => each.status === "completed");
  const small = 64 * Math.ceil(devicePixelRatio);
  return (
    <div className="flex shrink-0 gap-3" style={style}>
      {image_url ? (
        <img
          src={`${image_url}&width=${small}`}
          alt={image_filename ?? ""}
          title={image_filename ?? undefined}
          loading="lazy"
          decoding="async"
          width={64}
          height={64}
          className="size-16 shrink-0 rounded-md bg-raised object-cover"
        />
      ) : (
        <span
          title={tt.gallery.noImage}
          className="grid size-16 shrink-0 place-items-center rounded-md border border-line border-dashed text-faint"
        >
          <Type aria-label={tt.gallery.noImage} className="size-5" />
        </span>
      )}
      <div className="min-w-0 flex-1 text-sm">
        <p className="flex items-baseline gap-2">
          <span className="tnum font-semibold">{shot.number}</span>
          <span className="truncate text-faint text-xs">{image_filename ?? tt.gallery.noImage}</span>
        </p>
        <p ref={text} className={cn("mt-0.5 break-words text-muted", !whole && "line-clamp-4")}>
          {prompt_text}
        </p>
        {finished.length > 1 && (
          <Button
            kind="ghost"
            size="sm"
            className="-ml-2 text-faint"
            aria-label={tr.compare.shot(shot.number)}
            onClick={() => actions.compare(finished)}
          >
            <Columns2 />
            {tr.compare.do}
          </Button>
        )}
        {(cut || whole) && (
          <Button
            kind="ghost"
            size="sm"
            className="-ml-2 text-faint"
            aria-expanded={whole}
            onClick={() => showWhole(!whole)}
          >
            {whole ? tt.gallery.showLess : tt.gallery.showMore}
          </Button>
        )}
      </div>
    </div>
  );
}
