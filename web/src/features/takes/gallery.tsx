import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { EDGE, EDGE_STACKED, inRows, layOut, SHOT_GAP } from "@/lib/gallery-layout";
import type { Shot } from "@/lib/shots";
import { tt } from "@/strings/takes";
import { ShotBlock } from "./shot-block";
import type { TakeActions } from "./take-actions";

type Props = {
  shots: Shot[];
  shape: number;
  paused: boolean;
  marks: ReadonlySet<string>;
  actions: TakeActions;
};

const PADDING = 33; // above and below a row, and its line

/** Takes by shot. Only what is near the window is in the page, so a thousand scroll like ten. */
export function Gallery({ shots, shape, paused, marks, actions }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const [{ top, width }, setPlace] = useState({ top: 0, width: document.documentElement.clientWidth });
  useLayoutEffect(() => {
    // The header above may grow and shrink (reasons, progress): the list's place is measured again.
    const look = () => {
      const box = list.current?.getBoundingClientRect();
      if (!box) return;
      const now = { top: Math.round(box.top + window.scrollY), width: Math.round(box.width) };
      setPlace((was) => (was.top === now.top && was.width === now.width ? was : now));
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, []);
  const most = useMemo(() => Math.max(1, ...shots.map((shot) => shot.takes.length)), [shots]);
  const layout = layOut(width, shape, most);
  const rows = useMemo(() => inRows(shots, layout.lanes), [shots, layout.lanes]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => layout.take / shape + PADDING + (layout.stacked ? 100 : 0),
    overscan: 3,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.[0]?.id ?? index,
  });
  return (
    <ul
      ref={list}
      aria-label={tt.gallery.label}
      className="relative mb-20"
      style={{ height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map((row) => (
        <li
          key={row.key}
          ref={virtual.measureElement}
          data-index={row.index}
          className="absolute inset-x-0 top-0 grid border-line border-b py-4"
          style={{
            transform: `translateY(${row.start - virtual.options.scrollMargin}px)`,
            gridTemplateColumns: `repeat(${layout.lanes}, minmax(0, 1fr))`,
            columnGap: SHOT_GAP,
            paddingInline: layout.stacked ? EDGE_STACKED : EDGE,
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
              actions={actions}
            />
          ))}
        </li>
      ))}
    </ul>
  );
}
