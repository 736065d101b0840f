import type { Doc } from "@/features/stories/document";
import type { FilmScene } from "@/features/stories/film-model";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;

/** What a scene is called: its card, or its section's heading or number. */
export function sceneName(document: Doc, scene: FilmScene): string {
  if (scene.sectionId === null) return tt.card[scene.id] ?? scene.id;
  const place = document.sections.findIndex((each) => each.id === scene.sectionId);
  const heading = document.sections[place]?.heading;
  const name = heading || tt.scene(place + 1);
  return scene.number > 0 ? `${name} (${scene.number + 1})` : name;
}
