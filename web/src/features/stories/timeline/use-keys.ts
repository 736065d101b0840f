import { useEffect, useRef } from "react";

const BUSY = "input, textarea, select, [contenteditable], [role=dialog], [role=menu]";

const OF_SLIDERS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/** Keys of an editor, wherever the focus is but in a field or a dialog. `act` returns whether it had a use for one:
 * the browser then has none. */
export function useKeys(act: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const target = event.target as Element | null;
      const slides = target?.matches("input[type=range]") && !OF_SLIDERS.includes(event.key);
      if (event.defaultPrevented || (!slides && target?.closest(BUSY))) return;
      // Space and Enter press the button that has the focus; on a scene, Space plays.
      if (event.key === "Enter" && target?.closest("button, a")) return;
      if (event.key === " " && target?.closest("button:not([data-scene]), a")) return;
      if (latest.current(event)) event.preventDefault();
    }
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}
