// What a person does on a timeline: every edit returns another document, and leaves what it is not about.
import type { PreviewView } from "@/api";
import type { Doc, Picture, Section } from "./document";
import { type Film, type FilmScene, type JoinKind, originOf, piecesOf } from "./film-model";

type Move = NonNullable<Section["move"]>;
const LEAST_FRAMES = 2;

function withSection(document: Doc, id: string, edit: (section: Section) => Section): Doc {
  return { ...document, sections: document.sections.map((each) => (each.id === id ? edit(each) : each)) };
}

const factsOf = (preview: PreviewView, id: string) => preview.sections.find((each) => each.section_id === id);

const tidy = (seconds: number) => Math.round(seconds * 10_000) / 10_000;

/** The pictures of a section as entries of the document, also those that were chosen automatically; null for a
 * scene video, or while they are not there. */
export function chosenPictures(section: Section, preview: PreviewView): Picture[] | null {
  if (section.pictures.length > 0) {
    const known = factsOf(preview, section.id)?.pieces ?? [];
    return known.length > 0 && known.every((each) => each.chosen === null) ? null : section.pictures;
  }
  const pieces = piecesOf(section, factsOf(preview, section.id));
  const chosen = pieces.map((each) => each?.chosen as Picture | null | undefined);
  if (chosen.some((each) => !each)) return null;
  // What moved by chance keeps its move only where one was asked for.
  return chosen.flatMap((each) => (each ? [{ ...each, move: section.move ?? each.move }] : []));
}

/** Where the cut that ends a scene may be dragged: the first and the last frame it may lie at. */
export function cutRange(film: Film, document: Doc, scene: FilmScene): [number, number] {
  const own = film.sections.find((each) => each.id === scene.sectionId);
  const section = document.sections.find((each) => each.id === scene.sectionId);
  if (!own || !section) return [scene.first + LEAST_FRAMES, scene.first + 30 * film.fps];
  const end = scene.first + scene.frames;
  if (end < own.last) {
    const next = film.scenes[film.scenes.indexOf(scene) + 1];
    return [scene.first + LEAST_FRAMES, end + (next?.frames ?? LEAST_FRAMES) - LEAST_FRAMES];
  }
  const least = Math.max(own.spoken, scene.first + LEAST_FRAMES);
  return [least, Math.max(own.spoken, own.first) + 60 * film.fps];
}

/** Drag the cut that ends a scene to a frame. Inside a section its next picture follows; at the end of a section
 * all that comes after it does. */
export function moveCut(
  document: Doc,
  film: Film,
  preview: PreviewView,
  sceneId: string,
  frame: number,
): Doc {
  const scene = film.scenes.find((each) => each.id === sceneId);
  if (!scene) return document;
  const [least, most] = cutRange(film, document, scene);
  const at = Math.round(Math.min(Math.max(frame, least), most));
  if (scene.sectionId === null) return moveCard(document, scene, at, film.fps);
  const own = film.sections.find((each) => each.id === scene.sectionId);
  if (!own) return document;
  return withSection(document, scene.sectionId, (section) => {
    if (scene.first + scene.frames < own.last) {
      const pictures = chosenPictures(section, preview);
      if (!pictures) return section;
      const parts = film.scenes.filter((each) => each.sectionId === section.id);
      const lengths = parts.map((each) => each.frames);
      lengths[scene.number] = at - scene.first;
      lengths[scene.number + 1] = scene.frames + (lengths[scene.number + 1] ?? 0) - (at - scene.first);
      return {
        ...section,
        pictures: pictures.map((each, index) => ({ ...each, share: lengths[index] ?? 1 })),
      };
    }
    return lasting(section, preview, (at - own.first) / film.fps);
  });
}

function moveCard(document: Doc, scene: FilmScene, at: number, fps: number): Doc {
  const name = scene.id as "intro" | "outro";
  const card = document[name];
  if (!card) return document;
  const seconds = tidy(Math.min(Math.max((at - scene.first) / fps, 0.5), 30));
  return { ...document, [name]: { ...card, seconds } };
}

/** A section that lasts so many seconds: its pause, or its length where nothing is said. */
function lasting(section: Section, preview: PreviewView, seconds: number): Section {
  const facts = factsOf(preview, section.id);
  const speaks = section.recording || (section.narration && !section.muted);
  if (!speaks)
    return { ...section, pause_after: Math.min(section.pause_after, seconds), seconds: tidy(seconds) };
  const pause = Math.min(Math.max(seconds - (facts?.spoken_seconds ?? 0), 0), 60);
  return {
    ...section,
    pause_after: tidy(pause),
    seconds: section.seconds ? tidy(Math.max(seconds, 0.1)) : null,
  };
}

/** Cut the picture under a frame in two; the second part can then be another one. Null where it cannot be. */
export function splitAt(document: Doc, film: Film, preview: PreviewView, frame: number): Doc | null {
  const scene = film.scenes.find((each) => frame > each.first && frame < each.first + each.frames);
  const section = document.sections.find((each) => each.id === scene?.sectionId);
  const pictures = section && chosenPictures(section, preview);
  if (!scene || !section || !pictures || pictures.length >= 20) return null;
  const own = pictures[scene.number];
  const before = frame - scene.first;
  if (!own || before < LEAST_FRAMES || scene.frames - before < LEAST_FRAMES) return null;
  const lengths = film.scenes.filter((each) => each.sectionId === section.id).map((each) => each.frames);
  const all = pictures.map((each, index) => ({ ...each, share: lengths[index] ?? 1 }));
  const second = {
    ...own,
    share: scene.frames - before,
    start_seconds: scene.piece?.still ? own.start_seconds : tidy(own.start_seconds + before / film.fps),
  };
  all.splice(scene.number, 1, { ...own, share: before }, second);
  return withSection(document, section.id, (each) => ({ ...each, pictures: all }));
}

/** Begin the clip of a scene at what is seen of it at a frame. Null for a still, or before its beginning. */
export function trimStart(
  document: Doc,
  film: Film,
  preview: PreviewView,
  sceneId: string,
  frame: number,
): Doc | null {
  const scene = film.scenes.find((each) => each.id === sceneId);
  const section = document.sections.find((each) => each.id === scene?.sectionId);
  const pictures = section && chosenPictures(section, preview);
  if (!scene || !section || !pictures || scene.piece?.still !== false) return null;
  const passed = (frame - scene.first) / film.fps;
  const own = pictures[scene.number];
  if (!own || frame <= scene.first || frame >= scene.first + scene.frames) return null;
  const changed = { ...own, start_seconds: tidy(own.start_seconds + passed) };
  const all = pictures.map((each, index) => (index === scene.number ? changed : each));
  return withSection(document, section.id, (each) => ({ ...each, pictures: all }));
}

/** Remove a scene: one of several pictures, or its section. A card is removed from the film. */
export function removeScene(document: Doc, film: Film, preview: PreviewView, sceneId: string): Doc {
  const scene = film.scenes.find((each) => each.id === sceneId);
  if (!scene) return document;
  if (scene.sectionId === null) {
    return scene.id === "credits" ? { ...document, credits: false } : { ...document, [scene.id]: null };
  }
  const section = document.sections.find((each) => each.id === scene.sectionId);
  const parts = film.scenes.filter((each) => each.sectionId === scene.sectionId);
  const pictures = section && chosenPictures(section, preview);
  if (section && pictures && parts.length > 1) {
    const kept = pictures
      .map((each, index) => ({ ...each, share: parts[index]?.frames ?? each.share }))
      .filter((_, index) => index !== scene.number);
    return withSection(document, section.id, (each) => ({ ...each, pictures: kept }));
  }
  return { ...document, sections: document.sections.filter((each) => each.id !== scene.sectionId) };
}

/** Show another picture in a scene. */
export function replacePicture(
  document: Doc,
  preview: PreviewView,
  scene: Pick<FilmScene, "sectionId" | "number">,
  picture: Picture,
): Doc {
  const section = document.sections.find((each) => each.id === scene.sectionId);
  if (!section) return document;
  const now = chosenPictures(section, preview) ?? [];
  const own = now[scene.number];
  const put = { ...picture, share: own?.share ?? 1, move: own?.move ?? picture.move };
  const all = now.length > 0 ? now.map((each, index) => (index === scene.number ? put : each)) : [put];
  return withSection(document, section.id, (each) => ({ ...each, pictures: all }));
}

/** Another move of the camera over a still; null: as it was chosen by prompt and chance. */
export function setMove(
  document: Doc,
  preview: PreviewView,
  scene: Pick<FilmScene, "sectionId" | "number">,
  move: Move | null,
): Doc {
  return withSection(document, scene.sectionId ?? "", (section) => {
    if (section.pictures.length === 0) return { ...section, move };
    const pictures = chosenPictures(section, preview);
    if (!pictures) return section;
    return {
      ...section,
      pictures: pictures.map((each, index) => (index === scene.number ? { ...each, move } : each)),
    };
  });
}

/** The transition at the join before a section; null: as in the whole film. */
export function setJoin(document: Doc, sectionId: string, kind: JoinKind | null, seconds: number): Doc {
  const transition = kind === null ? null : { kind, seconds: tidy(Math.min(Math.max(seconds, 0), 3)) };
  return withSection(document, sectionId, (section) => ({ ...section, transition }));
}

/** Show the narration of a section without speaking it, or speak it again. */
export function mute(document: Doc, sectionId: string): Doc {
  return withSection(document, sectionId, (section) => ({ ...section, muted: !section.muted }));
}

/** Move a section by so many places. */
export function moveSection(document: Doc, sectionId: string, by: number): Doc {
  const at = document.sections.findIndex((each) => each.id === sectionId);
  const to = Math.min(Math.max(at + by, 0), document.sections.length - 1);
  if (at < 0 || to === at) return document;
  const sections = [...document.sections];
  const [section] = sections.splice(at, 1);
  if (section) sections.splice(to, 0, section);
  return { ...document, sections };
}

/** Whether two pictures are the same, whatever their share and move. */
export const samePicture = (a: Picture, b: Picture): boolean => originOf(a) === originOf(b);
