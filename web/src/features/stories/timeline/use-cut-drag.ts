import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { Doc } from "@/features/stories/document";
import { moveCut } from "@/features/stories/film-edits";
import type { Film } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { type Mark, snapped } from "@/features/stories/film-snap";

type Pointed = { clientX: number; altKey: boolean };
type Drag = {
  id: string;
  x: number;
  end: number;
  document: Doc;
  film: Film;
  marks: readonly Mark[];
  pointed: Pointed;
  /** Of requestAnimationFrame; 0: none. */
  asked: number;
};

/** Drag the cut at the end of a scene, by pointer or by keys. While it is dragged everything shows the edit; it is
 * made when the pointer is let go. */
export function useCutDrag(room: FilmRoom, scale: number, marks: readonly Mark[], reach: number) {
  const drag = useRef<Drag | null>(null);
  const { edits, film, preview } = room;

  function moved(own: Drag, { clientX, altKey }: Pointed): Doc {
    const frame = own.end + (clientX - own.x) / scale;
    const at = snapped(own.marks, frame, altKey ? 0 : reach / scale);
    return moveCut(own.document, own.film, preview, own.id, at);
  }

  return {
    begin(id: string, event: PointerEvent): void {
      const scene = film.scenes.find((each) => each.id === id);
      if (!scene || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const end = scene.first + scene.frames;
      // Words and cuts as they lie when it begins; its own cut is none to snap to.
      const others = marks.filter((each) => each.frame !== end || each.kind === "word");
      const { clientX, altKey } = event;
      const pointed = { clientX, altKey };
      const { document } = edits;
      drag.current = { id, x: clientX, end, document, film, marks: others, pointed, asked: 0 };
    },
    move({ clientX, altKey }: PointerEvent): void {
      const own = drag.current;
      if (!own) return;
      own.pointed = { clientX, altKey };
      // Pointers report more often than the screen is drawn.
      own.asked ||= requestAnimationFrame(() => {
        own.asked = 0;
        if (drag.current === own) edits.setDraft(moved(own, own.pointed));
      });
    },
    end(event: PointerEvent): void {
      const own = drag.current;
      drag.current = null;
      if (!own) return;
      const next = moved(own, event);
      edits.setDraft(null);
      if (next !== own.document) edits.apply(next, "Moved a cut.");
    },
    cancel(): void {
      drag.current = null;
      edits.setDraft(null);
    },
    key(id: string, event: KeyboardEvent): void {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      event.stopPropagation();
      const scene = film.scenes.find((each) => each.id === id);
      if (!scene) return;
      const by = (event.key === "ArrowLeft" ? -1 : 1) * (event.shiftKey ? 10 : 1);
      const next = moveCut(edits.document, film, preview, id, scene.first + scene.frames + by);
      edits.apply(next, "Moved a cut.", `cut ${id}`);
    },
  };
}
