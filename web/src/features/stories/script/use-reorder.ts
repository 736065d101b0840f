import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { moved } from "@/features/stories/document";

type Props = { ids: readonly string[]; onOrder: (order: string[], id: string) => void };

/** Drag a section by its handle, with a mouse or a finger; or move it by the arrow keys on the handle.
 * Elements carry their id in `data-section`. */
export function useReorder({ ids, onOrder }: Props) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [place, setPlace] = useState<number | null>(null);
  const target = useRef<number | null>(null);

  function aim(y: number): void {
    const tops = ids.map((id) => document.querySelector(`[data-section="${id}"]`)?.getBoundingClientRect());
    const before = tops.findIndex((each) => each !== undefined && y < each.top + each.height / 2);
    target.current = before < 0 ? ids.length : before;
    setPlace(target.current);
  }

  function drop(id: string): void {
    const to = target.current;
    target.current = null;
    setDragged(null);
    setPlace(null);
    const from = ids.indexOf(id);
    if (to === null || to === from || to === from + 1) return;
    onOrder(moved(ids, id, to > from ? to - 1 : to), id);
  }

  return {
    dragged,
    /** Before which place the section would land. */
    place,
    handle: (id: string) => ({
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(id);
        aim(event.clientY);
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => dragged === id && aim(event.clientY),
      onPointerUp: () => dragged === id && drop(id),
      onPointerCancel: () => {
        target.current = null;
        setDragged(null);
        setPlace(null);
      },
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        const to = ids.indexOf(id) + (step ?? 0);
        if (step === undefined || to < 0 || to >= ids.length) return;
        event.preventDefault();
        onOrder(moved(ids, id, to), id);
      },
    }),
  };
}
