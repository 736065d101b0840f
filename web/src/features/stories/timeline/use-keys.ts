import { useEffect, useRef } from "react";

const BUSY = "input, textarea, select, [contenteditable], [role=dialog], [role=menu]";

/** Keys of an editor, wherever the focus is but in a field or a dialog. `act` returns whether it had a use for one:
 * the browser then has none. */
export function useKeys(act: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const target = event.target as Element | null;
      if (event.defaultPrevented || target?.closest(BUSY)) return;
      // Space and Enter press the button that has the focus.
      if ((event.key === " " || event.key === "Enter") && target?.closest("button, a, [role=slider]")) return;
      if (latest.current(event)) event.preventDefault();
    }
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);
}
