// What the tools and keys of a timeline do, on what is selected and where the playhead is.
import { toast } from "sonner";
import {
  chosenPictures,
  moveCut,
  moveSection,
  mute,
  removeScene,
  splitAt,
  trimStart,
} from "@/features/stories/film-edits";
import { type FilmScene, sceneAt } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { filmStrings } from "@/strings/story-film";
import { sceneName } from "./names";

const tt = filmStrings.timeline;

export type TimelineActions = ReturnType<typeof timelineActions>;

export function timelineActions(
  { edits, film, preview, player }: FilmRoom,
  selected: FilmScene | null,
  select: (id: string | null) => void,
  announce: (words: string) => void,
) {
  const { document } = edits;
  const at = () => player.get().frame;
  const chosen = () => selected ?? sceneAt(film, at()) ?? null;

  return {
    split(): void {
      const next = splitAt(document, film, preview, at());
      if (!next) return void toast(tt.cannotSplit);
      edits.apply(next, "Split a picture.");
      announce(tt.splitDone);
    },
    remove(): void {
      const scene = chosen();
      if (!scene) return;
      const place = film.scenes.indexOf(scene);
      edits.apply(removeScene(document, film, preview, scene.id), "Removed a scene.");
      announce(tt.removed(sceneName(document, scene)));
      select(film.scenes[place + 1]?.id ?? film.scenes[place - 1]?.id ?? null);
    },
    mute(): void {
      const id = chosen()?.sectionId;
      if (id) edits.apply(mute(document, id), "Muted a narration, or not.");
    },
    move(by: number): void {
      const id = chosen()?.sectionId;
      if (id) edits.apply(moveSection(document, id, by), "Moved a section.");
    },
    trimStart(): void {
      const scene = chosen();
      if (!scene) return;
      const next = trimStart(document, film, preview, scene.id, at());
      if (next) edits.apply(next, "Trimmed a clip.");
      else if (scene.piece?.still !== false) toast(tt.stillStart);
    },
    trimEnd(): void {
      const scene = chosen();
      if (scene) edits.apply(moveCut(document, film, preview, scene.id, at()), "Moved a cut.");
    },
    undo(): void {
      if (edits.undo()) announce(tt.undone);
    },
    redo(): void {
      if (edits.redo()) announce(tt.redone);
    },
    /** Select the scene so many places on, and go to it. */
    step(by: number): void {
      const scene = chosen();
      const next = scene && film.scenes[film.scenes.indexOf(scene) + by];
      if (!next) return;
      select(next.id);
      player.seek(next.first);
      announce(tt.selected(sceneName(document, next)));
    },
    canSplit: (scene: FilmScene | null): boolean => {
      const section = document.sections.find((each) => each.id === scene?.sectionId);
      return Boolean(section && chosenPictures(section, preview));
    },
  };
}
