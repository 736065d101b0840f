// A film in whole frames, built from the document and from what is there for it: the same sums as the server's
// (story/timeline.py), so that an edit is seen at once and the film is what was seen.
import type { PreviewPiece, PreviewSection, PreviewView } from "@/api";
import type { Doc, Section } from "./document";
import { round } from "./film-frames";

export * from "./film-frames";

export type JoinKind = Doc["transition"]["kind"];
export type Join = { kind: JoinKind; frames: number };

/** What is seen for `frames` frames from `first` on. `before` and `after` are the frames of its transitions
 * that lie inside it; as many again lie beyond it. */
export type FilmScene = {
  id: string;
  sectionId: string | null;
  /** Which of the section's pictures, from 0. */
  number: number;
  first: number;
  frames: number;
  name: string | null;
  piece: PreviewPiece | null;
  join: Join;
  title: { name: string; frames: number } | null;
  before: number;
  after: number;
};

/** A section in time: frames of the film, the end excluded. `spoken` is the frame at which its speech ends. */
export type FilmSection = {
  id: string;
  first: number;
  last: number;
  spoken: number;
  estimated: boolean;
};

export type FilmWord = { text: string; start: number; end: number; sectionId: string };

export type Film = {
  fps: number;
  frames: number;
  scenes: FilmScene[];
  sections: FilmSection[];
  words: FilmWord[];
  /** Where something is said, in frames: music is quieter there. */
  speech: [number, number][];
};

export const TITLE_SECONDS = 3.5;
export const INNER: Doc["transition"] = { kind: "cross_fade", seconds: 0.4 };
const SILENT_SECONDS = 3;
const CUT: Join = { kind: "cut", frames: 0 };

/** Whether a section becomes a part of the film. */
export const isShown = (section: Section): boolean =>
  Boolean(section.narration || section.recording || section.seconds);

/** How many seconds a section lasts. */
export function secondsOf(section: Section, facts: PreviewSection | undefined): number {
  const speaks = section.recording || (section.narration && !section.muted);
  if (!speaks) return Math.max(section.pause_after, section.seconds || SILENT_SECONDS);
  return Math.max((facts?.spoken_seconds ?? SILENT_SECONDS) + section.pause_after, section.seconds || 0);
}

/** The bounds of parts of `frames` by their shares: whole frames, at least one each. */
export function sharesOf(shares: readonly number[], frames: number): number[] {
  const whole = shares.reduce((sum, each) => sum + each, 0);
  const bounds = [0];
  let passed = 0;
  shares.forEach((share, index) => {
    passed += share;
    const least = (bounds.at(-1) ?? 0) + 1;
    const most = frames - (shares.length - index - 1);
    bounds.push(Math.min(Math.max(round((frames * passed) / whole), least), Math.max(least, most)));
  });
  return bounds;
}

/** The film of a document, with what there is for it. */
export function buildFilm(document: Doc, preview: PreviewView): Film {
  const { fps } = document;
  const facts = new Map(preview.sections.map((each) => [each.section_id, each]));
  const scenes: FilmScene[] = [];
  const film: Film = { fps, frames: 0, scenes: [], sections: [], words: [], speech: [] };
  let seconds = 0;
  const frame = (at: number) => round(at * fps);

  function card(id: "intro" | "outro" | "credits"): void {
    const own = preview.cards.find((each) => each.id === id);
    const given = id === "credits" ? (document.credits ? own : null) : document[id];
    if (!given) return;
    const first = frame(seconds);
    seconds += given.seconds;
    scenes.push(scene(id, null, 0, frame(seconds) - first, wanted(document.transition, fps), null));
    const last = scenes.at(-1);
    if (last) last.name = own?.name ?? null;
  }

  card("intro");
  for (const section of document.sections.filter(isShown)) {
    const known = facts.get(section.id);
    const start = seconds;
    for (const word of known?.words ?? []) {
      const begin = frame(start + word.start);
      const end = Math.max(begin + 1, frame(start + word.end));
      film.words.push({ text: word.text, start: begin, end, sectionId: section.id });
    }
    for (let at = 0; at + 1 < (known?.speech.length ?? 0); at += 2) {
      film.speech.push([
        frame(start + (known?.speech[at] ?? 0)),
        frame(start + (known?.speech[at + 1] ?? 0)),
      ]);
    }
    seconds += secondsOf(section, known);
    const [first, last] = [frame(start), frame(seconds)];
    const spoken = frame(start + (section.muted ? 0 : (known?.spoken_seconds ?? 0)));
    film.sections.push({ id: section.id, first, last, spoken, estimated: known?.estimated ?? true });
    scenes.push(...scenesOf(document, section, known, last - first));
  }
  card("outro");
  card("credits");
  film.scenes = joined(scenes);
  film.frames = film.scenes.reduce((sum, each) => sum + each.frames, 0);
  return film;
}

function scene(
  id: string,
  sectionId: string | null,
  number: number,
  frames: number,
  join: Join,
  piece: PreviewPiece | null,
): FilmScene {
  const name = piece?.name ?? null;
  return { id, sectionId, number, first: 0, frames, name, piece, join, title: null, before: 0, after: 0 };
}

function scenesOf(
  document: Doc,
  section: Section,
  facts: PreviewSection | undefined,
  frames: number,
): FilmScene[] {
  const pieces = piecesOf(section, facts);
  const join = section.transition ?? document.transition;
  const bounds = sharesOf(
    pieces.map((each) => each?.share ?? 1),
    frames,
  );
  return pieces.map((piece, number) => {
    const id = number === 0 ? section.id : `${section.id}-${number + 1}`;
    const length = (bounds[number + 1] ?? 0) - (bounds[number] ?? 0);
    const own = scene(id, section.id, number, length, wanted(number ? INNER : join, document.fps), piece);
    if (number === 0 && facts?.title) {
      own.title = { name: facts.title, frames: Math.min(frames, round(TITLE_SECONDS * document.fps)) };
    }
    return own;
  });
}

type Pieces = (PreviewPiece | null)[];
const seen = new WeakMap<Section, { facts: PreviewSection | undefined; pieces: Pieces }>();

/** What is seen in a section: as the document says, with the files of what is there. Worked out once for each
 * section: a drag builds the film anew for every picture, and changes one of them. */
export function piecesOf(section: Section, facts: PreviewSection | undefined): Pieces {
  const before = seen.get(section);
  if (before && before.facts === facts) return before.pieces;
  const pieces = findPieces(section, facts);
  seen.set(section, { facts, pieces });
  return pieces;
}

function findPieces(section: Section, facts: PreviewSection | undefined): Pieces {
  const known = facts?.pieces ?? [];
  if (section.pictures.length === 0) {
    // Chosen automatically, or a scene video.
    return known.length > 0 ? known.map((each) => moved(each, section, null)) : [null];
  }
  const video = known.length > 0 && known.every((each) => each.chosen === null);
  if (video) return known;
  return section.pictures.map((picture) => {
    const origin = originOf(picture);
    const found = known.find((each) => each.chosen && originOf(each.chosen) === origin);
    return found ? moved({ ...found, share: picture.share }, section, picture) : null;
  });
}

function moved(
  piece: PreviewPiece,
  section: Section,
  picture: Section["pictures"][number] | null,
): PreviewPiece {
  if (!piece.still) return { ...piece, start_seconds: picture?.start_seconds ?? piece.start_seconds };
  return { ...piece, move: picture?.move ?? section.move ?? piece.move };
}

/** What a picture is, whatever its share, its move and its beginning. */
export function originOf(picture: { upload?: unknown; found?: unknown; generated?: unknown }): string {
  const upload = picture.upload as { key?: string } | null | undefined;
  return JSON.stringify([upload?.key ?? null, picture.found ?? null, picture.generated ?? null]);
}

function wanted(join: Doc["transition"], fps: number): Join {
  const frames = Math.floor(round(join.seconds * fps) / 2) * 2;
  return join.kind === "cut" || frames === 0 ? CUT : { kind: join.kind, frames };
}

/** The scenes with joins that fit: even, and not longer than half of either scene; the first has none. */
function joined(scenes: readonly FilmScene[]): FilmScene[] {
  let first = 0;
  const found = scenes.map((each, index) => {
    const previous = scenes[index - 1];
    const room = previous ? Math.floor(Math.min(each.frames, previous.frames) / 4) * 2 : 0;
    const frames = Math.min(each.join.frames, room);
    const own = { ...each, first, join: frames ? { kind: each.join.kind, frames } : CUT };
    first += each.frames;
    return own;
  });
  return found.map((each, index) => ({
    ...each,
    before: index ? each.join.frames / 2 : 0,
    after: (found[index + 1]?.join.frames ?? 0) / 2,
  }));
}
