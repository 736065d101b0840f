import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Finding } from "@/api";
import { cn } from "@/lib/cn";
import { matchStrings } from "@/strings/match";
import { ImagePicker } from "./image-picker";
import { MatchRow, type RowActions } from "./match-row";
import type { Picture } from "./pictures";
import { byRow, drop, edit, move, putImage, type Row, shiftImages } from "./rows";
import { useRowDrag } from "./use-row-drag";

type Props = {
  rows: readonly Row[];
  pictures: ReadonlyMap<string, Picture>;
  errors: readonly Finding[];
  warnings: readonly Finding[];
  textOnly: boolean;
  disabled: boolean;
  onChange: (rows: Row[]) => void;
};

const ROW = 98; // pixels, until it is measured

/** Every pair before anything is made: mended by drag, by keyboard, in place. */
export function MatchTable(props: Props) {
  const { rows, pictures, errors, warnings, textOnly, disabled, onChange } = props;
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [picking, setPicking] = useState<Row | null>(null);
  const [said, setSaid] = useState("");
  const refocus = useRef<string | null>(null);
  const bad = useMemo(() => byRow(rows, errors).of, [rows, errors]);
  const odd = useMemo(() => byRow(rows, warnings).of, [rows, warnings]);

  useLayoutEffect(() => {
    const look = () => {
      const box = list.current?.getBoundingClientRect();
      if (box) setTop(Math.round(box.top + window.scrollY));
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: after rows have moved, the keyboard stays on the one it moved
  useEffect(() => {
    if (!refocus.current) return;
    document.getElementById(`move-${refocus.current}`)?.focus();
    refocus.current = null;
  }, [rows]);

  const { begin, dragging, target } = useRowDrag(({ kind, id }, over) => {
    if (kind === "row") onChange(move(rows, at(id), at(over)));
    else onChange(putImage(rows, over, rows[at(id)]?.image ?? null));
  });
  const at = (id: string) => rows.findIndex((row) => row.id === id);
  const actions: RowActions = {
    move: (id, by) => {
      const to = at(id) + by;
      if (to < 0 || to >= rows.length) return;
      refocus.current = id;
      setSaid(matchStrings.moved(rows[to]?.number ?? 0, to + 1));
      onChange(move(rows, at(id), to));
    },
    write: (id, prompt) => onChange(edit(rows, id, { prompt })),
    pick: setPicking,
    takeImageAway: (id) => onChange(putImage(rows, id, null)),
    shift: (id, by) => onChange(shiftImages(rows, at(id), by)),
    drop: (id) => onChange(drop(rows, id)),
    drag: begin,
  };
  return (
    <>
      <div
        ref={list}
        className={cn("relative", dragging && "cursor-grabbing select-none [&_*]:cursor-grabbing")}
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <div
                key={row.id}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}
              >
                <MatchRow
                  row={row}
                  picture={row.image === null ? undefined : pictures.get(row.image)}
                  errors={bad.get(row.id) ?? []}
                  warnings={odd.get(row.id) ?? []}
                  textOnly={textOnly}
                  isTarget={target === row.id}
                  isDragged={dragging?.id === row.id}
                  disabled={disabled}
                  actions={actions}
                />
              </div>
            )
          );
        })}
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {picking && (
        <ImagePicker
          row={picking}
          rows={rows}
          pictures={pictures}
          onClose={() => setPicking(null)}
          onPick={(name) => {
            onChange(putImage(rows, picking.id, name));
            setPicking(null);
          }}
        />
      )}
    </>
  );
}
