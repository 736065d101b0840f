// What timeline, look and film share while one of them is open: the document with its edits, the preview, the player.
import type { PreviewView } from "@/api";
import type { Story } from "./document";
import { usePreview } from "./film-api";
import type { Film, FilmScene } from "./film-model";
import { partOf } from "./parts";
import type { Player } from "./player-store";
import { type FilmEdits, useFilmEdits } from "./use-film-edits";
import { usePlayer } from "./use-player";

export type FilmRoom = {
  story: Story;
  edits: FilmEdits;
  preview: PreviewView;
  player: Player;
  film: Film;
};

export function useFilmRoom(story: Story): {
  room: FilmRoom | null;
  error: unknown;
  refetch: () => unknown;
} {
  const edits = useFilmEdits(story);
  const { data: preview, error, refetch } = usePreview(story.story_id);
  const { player, film } = usePlayer(story.story_id, edits.document, preview);
  const room = preview && player && film ? { story, edits, preview, player, film } : null;
  return { room, error, refetch };
}

export type Condition = "there" | "stale" | "making" | "missing" | "failed";

/** Whether what a scene shows and says is as the document wants it. */
export function conditionOf(story: Story, scene: FilmScene): Condition {
  if (scene.sectionId === null) return "there";
  const states = (["voice", "pictures", "scenes"] as const).map(
    (step) => partOf(story, step, scene.sectionId ?? "")?.state ?? "there",
  );
  if (states.some((each) => each === "failed" || each === "waiting")) return "failed";
  for (const each of ["making", "stale", "missing"] as const) if (states.includes(each)) return each;
  return "there";
}
