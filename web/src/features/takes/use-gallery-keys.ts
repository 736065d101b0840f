import { useEffect, useRef } from "react";
import type { VideoView } from "@/api";
import type { TakeActions } from "./take-actions";

type Run = {
  all: () => void;
  none: () => void;
  compare: () => void;
  /** The take that the keyboard is at. */
  take: () => VideoView | undefined;
  actions: TakeActions;
};

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=menu]";

/** The gallery's keys, unless a field or a dialog has the keyboard: Ctrl+A selects all that is shown, Escape
 * clears the selection, C compares; P, S, X, the stars and Space are for the take the keyboard is at. */
export function useGalleryKeys(run: Run, on: boolean): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!on) return;
    function pressed(event: KeyboardEvent): void {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || target.closest(FIELDS)) return;
      const { all, none, compare, take, actions } = latest.current;
      if (event.ctrlKey || event.metaKey || event.altKey) {
        if (event.key !== "a" || event.altKey) return;
        event.preventDefault();
        all();
        return;
      }
      if (event.key === "Escape") none();
      if (event.key === "c") compare();
      const video = target.closest("[data-take]") ? take() : undefined;
      if (!video) return;
      // Space presses any other button of the tile; on its picture it selects.
      if (event.key === " " && target.closest("[role=checkbox], [aria-pressed]")) return;
      const done = video.status === "completed";
      const stars = /^[1-5]$/.test(event.key) ? Number(event.key) : 0;
      if (event.key === " ") actions.mark(video, false);
      else if (done && (event.key === "p" || event.key === "s"))
        void actions.select([video], !video.selected);
      else if (done && event.key === "x") void actions.reject([video], !video.rejected);
      else if (done && stars > 0) void actions.rate(video, video.rating === stars ? 0 : stars);
      else if (event.key === "Delete" && video.status !== "generating") void actions.remove([video]);
      else return;
      event.preventDefault();
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [on]);
}
