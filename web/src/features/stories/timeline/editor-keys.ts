import type { FilmRoom } from "@/features/stories/film-room";
import { marksOf, stepTo } from "@/features/stories/film-snap";
import type { TimelineActions } from "./actions";

const RATES = [1, 1.5, 2];

/** The keys of an editor; returns whether there is a use for one. */
export function editorKey(
  event: KeyboardEvent,
  { player, film }: FilmRoom,
  act: TimelineActions,
  zoom: (by: number) => void,
): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const { frame, playing, rate } = player.get();
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (key === "z" && event.shiftKey) act.redo();
    else if (key === "z") act.undo();
    else if (key === "y") act.redo();
    else return false;
    return true;
  }
  if (event.ctrlKey || event.metaKey) return false;
  if (event.altKey) {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return false;
    act.move(key === "ArrowLeft" ? -1 : 1);
    return true;
  }
  switch (key) {
    case " ":
      player.toggle();
      return true;
    case "k":
      player.pause();
      return true;
    case "l": {
      const next = playing && rate > 0 ? RATES[RATES.indexOf(rate) + 1] : RATES[0];
      if (next) void player.play(next);
      return true;
    }
    case "j":
      void player.play(playing && rate < 0 ? Math.max(rate * 2, -4) : -1);
      return true;
    case "ArrowLeft":
    case "ArrowRight": {
      const by = key === "ArrowLeft" ? -1 : 1;
      player.pause();
      player.seek(event.shiftKey ? stepTo(marksOf(film), frame, by) : frame + by);
      return true;
    }
    case "ArrowUp":
    case "ArrowDown":
      act.step(key === "ArrowUp" ? -1 : 1);
      return true;
    case "Home":
      player.seek(0);
      return true;
    case "End":
      player.seek(film.frames - 1);
      return true;
    case "i":
      act.trimStart();
      return true;
    case "o":
      act.trimEnd();
      return true;
    case "b":
      act.split();
      return true;
    case "m":
      act.mute();
      return true;
    case "Delete":
    case "Backspace":
      act.remove();
      return true;
    case "+":
    case "=":
      zoom(1.5);
      return true;
    case "-":
      zoom(1 / 1.5);
      return true;
    default:
      return false;
  }
}
