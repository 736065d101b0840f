import { type PointerEvent, useCallback, useEffect, useRef, useState } from "react";

export type Dragged = { kind: "row" | "image"; id: string };

const FAR = 6; // pixels; less is a click
const EDGE = 90; // pixels from the edge of the window in which it scrolls
const SPEED = 14; // pixels a frame

/** Dragging over rows (`data-row`) with any pointer, touch too; near the edge the page scrolls along. */
export function useRowDrag(onDrop: (dragged: Dragged, target: string) => void) {
  const [dragging, setDragging] = useState<Dragged | null>(null);
  const [target, setTarget] = useState("");
  const start = useRef<(Dragged & { x: number; y: number }) | null>(null);
  const pointer = useRef({ x: 0, y: 0 });
  const drop = useRef(onDrop);
  drop.current = onDrop;

  const begin = useCallback((event: PointerEvent, kind: Dragged["kind"], id: string) => {
    if (event.button !== 0) return;
    start.current = { kind, id, x: event.clientX, y: event.clientY };
  }, []);

  useEffect(() => {
    let frame = 0;
    let active: Dragged | null = null;
    let over = "";
    const aim = () => {
      const { x, y } = pointer.current;
      over = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-row]")?.dataset.row ?? "";
      setTarget(over);
    };
    const scroll = () => {
      const { y } = pointer.current;
      const by = y < EDGE ? -SPEED : y > innerHeight - EDGE ? SPEED : 0;
      if (by) {
        scrollBy(0, by);
        aim();
      }
      frame = requestAnimationFrame(scroll);
    };
    const end = (dropped: boolean) => {
      cancelAnimationFrame(frame);
      start.current = null;
      if (!active) return;
      if (dropped && over && over !== active.id) drop.current(active, over);
      active = null;
      setDragging(null);
      setTarget("");
      // What was a drag is not a click on what it began on.
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    const moved = (event: globalThis.PointerEvent) => {
      const from = start.current;
      if (!from) return;
      pointer.current = { x: event.clientX, y: event.clientY };
      if (!active && Math.hypot(event.clientX - from.x, event.clientY - from.y) < FAR) return;
      if (!active) {
        active = { kind: from.kind, id: from.id };
        setDragging(active);
        frame = requestAnimationFrame(scroll);
      }
      aim();
    };
    const up = () => end(true);
    const cancelled = () => end(false);
    const key = (event: KeyboardEvent) => event.key === "Escape" && end(false);
    addEventListener("pointermove", moved);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancelled);
    addEventListener("keydown", key);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancelled);
      removeEventListener("keydown", key);
    };
  }, []);

  return { begin, dragging, target };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
