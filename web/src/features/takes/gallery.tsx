import { useWindowVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useIdle } from "@/lib/idle";
import { takesStrings } from "@/strings/takes";
import {
  EDGE,
  EDGE_STACKED,
  type GalleryLayout,
  type GallerySize,
  inRows,
  layOut,
  rowHeight,
  SHOT_GAP,
} from "./gallery-layout";
import { moved, type Step } from "./roving";
import { ShotBlock } from "./shot-block";
import type { Shot } from "./shots";
import type { TakeActions } from "./take-actions";

type Props = {
  shots: Shot[];
  shape: number;
  paused: boolean;
  marks: ReadonlySet<string>;
  actions: TakeActions;
  size: GallerySize;
  /** The take that the keyboard is at: the one tab stop of the gallery. */
  at: string | null;
  onAt: (videoId: string) => void;
};

const STEPS: Record<string, Step> = {
  ArrowLeft: { takes: -1, rows: 0 },
  ArrowRight: { takes: 1, rows: 0 },
  ArrowUp: { takes: 0, rows: -1 },
  ArrowDown: { takes: 0, rows: 1 },
};
const AHEAD = 3; // rows drawn beyond the window
const ABOVE = 200; // about where the list begins; looked at once it is there

/** Takes by shot. Only what is near the window is in the page, so a thousand scroll like ten. */
export function Gallery({ shots, shape, paused, marks, actions, size, at, onAt }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const { top, width } = usePlace(list);
  const idle = useIdle();
  const most = useMemo(() => Math.max(1, ...shots.map((shot) => shot.takes.length)), [shots]);
  const layout = useMemo(() => layOut(width, shape, most, size), [width, shape, most, size]);
  const rows = useMemo(() => inRows(shots, layout.lanes), [shots, layout.lanes]);
  const virtual = useWindowVirtualizer<HTMLLIElement>({
    count: rows.length,
    estimateSize: (index) => rowHeight(layout, shape, rows[index] ?? []),
    measureElement: measured,
    initialRect: { width, height: window.innerHeight },
    overscan: idle ? AHEAD : 0, // what is seen is drawn first
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.[0]?.id ?? index,
  });
  const stop =
    at !== null && shots.some((each) => each.takes.some((take) => take.video_id === at)) ? at : null;
  const tab = stop ?? shots[0]?.takes[0]?.video_id ?? null;
  const wanted = useRef<string | null>(null);
  // A take that was far away is drawn first, and has the keyboard then.
  useEffect(() => {
    if (!wanted.current || wanted.current !== at) return;
    const tile = list.current?.querySelector<HTMLElement>(`[data-take="${at}"] button`);
    if (!tile) return;
    wanted.current = null;
    tile.focus();
  });
  function pressed(event: React.KeyboardEvent): void {
    const step = STEPS[event.key];
    const tile = (event.target as HTMLElement).closest<HTMLElement>("[data-take]");
    if (!step || !tile || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(shots, tile.dataset.take ?? "", step, layout.lanes);
    if (!next) return;
    event.preventDefault();
    wanted.current = next.take;
    virtual.scrollToIndex(Math.floor(next.shot / layout.lanes), { align: "auto" });
    onAt(next.take);
  }
  return (
    <ul
      ref={list}
      onKeyDown={pressed}
      onFocus={(event) => {
        const tile = (event.target as HTMLElement).closest<HTMLElement>("[data-take]");
        if (tile?.dataset.take) onAt(tile.dataset.take);
      }}
      aria-label={takesStrings.gallery.label}
      className="relative mb-20 overflow-x-clip" // what script lays out is for a moment as wide as the window was
      style={{ height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map((row) => (
        <li
          key={row.key}
          ref={virtual.measureElement}
          data-index={row.index}
          className="absolute inset-x-0 top-0 grid border-line border-b py-4"
          style={{
            ...columns(layout),
            transform: `translateY(${row.start - virtual.options.scrollMargin}px)`,
          }}
        >
          {rows[row.index]?.map((shot) => (
            <ShotBlock
              key={shot.id}
              shot={shot}
              shape={shape}
              layout={layout}
              paused={paused}
              marks={marks}
              tab={shot.takes.some((take) => take.video_id === tab) ? tab : null}
              actions={actions}
            />
          ))}
        </li>
      ))}
    </ul>
  );
}

function columns(layout: GalleryLayout): React.CSSProperties {
  return {
    gridTemplateColumns: `repeat(${layout.lanes}, minmax(0, 1fr))`,
    columnGap: SHOT_GAP,
    paddingInline: layout.stacked ? EDGE_STACKED : EDGE,
  };
}

/** A row's height as its observer tells it, right after the browser has laid it out; until then what it is
 * expected to be. Asking the row itself would have everything laid out once more for each one drawn. */
function measured(
  row: HTMLLIElement,
  seen: ResizeObserverEntry | undefined,
  virtual: Virtualizer<Window, HTMLLIElement>,
): number {
  const [box] = seen?.borderBoxSize ?? [];
  if (box) return Math.round(box.blockSize);
  const index = virtual.indexFromElement(row);
  return virtual.itemSizeCache.get(virtual.options.getItemKey(index)) ?? virtual.options.estimateSize(index);
}

/** Where the list begins and how wide it is. The header above may grow and shrink (reasons, progress). */
function usePlace(list: React.RefObject<HTMLUListElement | null>): { top: number; width: number } {
  const [place, setPlace] = useState({ top: ABOVE, width: document.documentElement.clientWidth });
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(() => {
      const box = list.current?.getBoundingClientRect();
      if (!box) return;
      const now = { top: Math.round(box.top + window.scrollY), width: Math.round(box.width) };
      // Before it is painted: takes of the width before would stick out of a window that became narrower.
      flushSync(() => setPlace((was) => (was.top === now.top && was.width === now.width ? was : now)));
    });
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, [list]);
  return place;
}
