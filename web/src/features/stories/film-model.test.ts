import { describe, expect, it } from "vitest";
import type { PreviewView } from "@/api";
import type { Doc } from "./document";
import { moveCut, moveSection, mute, removeScene, setJoin, setMove, splitAt } from "./film-edits";
import { begin, commit, rebase, redo, undo } from "./film-history";
import { buildFilm, ownTime, round, sceneAt, shownAt, timecode } from "./film-model";
import examples from "./film-model.fixture.json";
import { marksOf, nearest, snapped, stepTo } from "./film-snap";
import { difference, replay } from "./film-steps";

type Example = {
  document: Doc;
  preview: PreviewView;
  frames: number;
  sections: [string, number, number][];
  scenes: [string, number, number, string, number, number, number][];
  titles: [string, number][];
  words: [string, number, number][];
};
const all = examples as unknown as Record<string, Example>;
const example = (name: string): Example => {
  const found = all[name];
  if (!found) throw new Error(`no example ${name}`);
  return found;
};
const filmOf = ({ document, preview }: Example) => buildFilm(document, preview);

describe.each(Object.keys(all))("the film of the example %s", (name) => {
  const given = example(name);
  const film = filmOf(given);

  it("has the server's scenes, joins and handles, frame by frame", () => {
    expect(
      film.scenes.map((each) => [
        each.id,
        each.first,
        each.frames,
        each.join.kind,
        each.join.frames,
        each.before,
        each.after,
      ]),
    ).toEqual(given.scenes);
    expect(film.frames).toBe(given.frames);
  });

  it("has the server's sections, words and titles", () => {
    expect(film.sections.map((each) => [each.id, each.first, each.last])).toEqual(given.sections);
    expect(film.words.map((each) => [each.text, each.start, each.end])).toEqual(given.words);
    expect(film.scenes.flatMap((each) => (each.title ? [[each.id, each.title.frames]] : []))).toEqual(
      given.titles,
    );
  });

  it("shows one scene or two at every frame, and never runs out of either", () => {
    for (let frame = 0; frame < film.frames; frame += 1) {
      const shown = shownAt(film, frame);
      expect(shown).not.toBeNull();
      if (shown?.from) expect(shown.progress).toBeLessThan(1);
      for (const each of [shown?.scene, shown?.from]) {
        if (each) expect(ownTime(each, frame)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe("numbers", () => {
  it("are rounded as Python does", () => {
    expect([0.5, 1.5, 2.5, 2.4999, 3.51].map(round)).toEqual([0, 2, 2, 2, 4]);
  });

  it("are shown as a time", () => {
    expect([0, 30, 1835].map((each) => timecode(each, 30))).toEqual(["0:00.0", "0:01.0", "1:01.1"]);
  });
});

describe("edits", () => {
  const given = example("cut");
  const film = filmOf(given);
  const filmAfter = (document: Doc) => buildFilm(document, given.preview);

  it("drag the end of a section: what follows moves along, and speech is never cut off", () => {
    const last = film.scenes.filter((each) => each.sectionId === "part1").at(-1);
    if (!last) throw new Error("no scene");
    const end = last.first + last.frames;
    const later = filmAfter(moveCut(given.document, film, given.preview, last.id, end + 24));
    expect(later.frames).toBe(film.frames + 24);
    expect(later.sections[1]?.first).toBe((film.sections[1]?.first ?? 0) + 24);
    const least = filmAfter(moveCut(given.document, film, given.preview, last.id, 0));
    expect(least.sections[0]?.last).toBe(film.sections[0]?.spoken);
  });

  it("drag a cut inside a section: only its neighbour follows", () => {
    const [first, second] = film.scenes.filter((each) => each.sectionId === "part1");
    if (!first || !second) throw new Error("no scenes");
    const cut = second.first - 7;
    const moved = filmAfter(moveCut(given.document, film, given.preview, first.id, cut));
    expect(moved.frames).toBe(film.frames);
    expect(moved.scenes.find((each) => each.id === second.id)?.first).toBe(cut);
  });

  it("split a picture where the playhead is, and remove one half again", () => {
    const scene = film.scenes.find((each) => each.sectionId === "part3");
    if (!scene) throw new Error("no scene");
    const at = scene.first + 20;
    const split = splitAt(given.document, film, given.preview, at);
    if (!split) throw new Error("not split");
    const two = filmAfter(split);
    expect(two.frames).toBe(film.frames);
    expect(two.scenes.map((each) => each.first)).toContain(at);
    const second = two.scenes.find((each) => each.first === at);
    const back = filmAfter(removeScene(split, two, given.preview, second?.id ?? ""));
    expect(back.scenes.map((each) => each.frames)).toEqual(film.scenes.map((each) => each.frames));
  });

  it("cannot split a scene video, nor at a cut", () => {
    const videos = example("videos");
    expect(splitAt(videos.document, filmOf(videos), videos.preview, 20)).toBeNull();
    expect(splitAt(given.document, film, given.preview, film.scenes[2]?.first ?? 0)).toBeNull();
  });

  it("give one join another transition, and one still another move", () => {
    const joined = filmAfter(setJoin(given.document, "part2", "dip_black", 0.5));
    expect(joined.scenes.find((each) => each.id === "part2")?.join.kind).toBe("dip_black");
    expect(joined.scenes.find((each) => each.id === "part3")?.join.kind).toBe("cut");
    const plain = example("plain");
    const moved = buildFilm(
      setMove(plain.document, plain.preview, { sectionId: "part2", number: 0 }, "tilt_up"),
      plain.preview,
    );
    expect(moved.scenes.map((each) => each.piece?.move === "tilt_up")).toEqual([false, true, false]);
  });

  it("mute and reorder sections", () => {
    const muted = mute(given.document, "part1");
    expect(muted.sections[0]?.muted).toBe(true);
    expect(mute(muted, "part1").sections).toEqual(given.document.sections);
    const moved = moveSection(given.document, "part1", 1);
    expect(moved.sections.map((each) => each.id)).toEqual(["part2", "part1", "part3", "silent"]);
    expect(moveSection(given.document, "part1", -1)).toBe(given.document);
  });

  it("remove cards, and say which fields have changed", () => {
    const without = removeScene(given.document, film, given.preview, "intro");
    expect(difference(given.document, without)).toEqual({ intro: null });
    expect(difference(given.document, { ...given.document })).toEqual({});
  });
});

describe("a step back", () => {
  const { document } = example("cut");

  it("takes back what it was about, and leaves what others changed", () => {
    const ours = mute(document, "part1");
    const theirs = { ...setJoin(ours, "part2", "slide", 1), title: "Theirs" };
    const back = replay(theirs, ours, document);
    expect(back.sections[0]?.muted).toBe(false);
    expect(back.sections[1]?.transition?.kind).toBe("slide");
    expect(back.title).toBe("Theirs");
  });

  it("brings back a section that was removed, and the order", () => {
    const ours = { ...document, sections: document.sections.slice(1) };
    const theirs = mute(ours, "part3");
    const back = replay(theirs, ours, document);
    expect(back.sections.map((each) => each.id)).toEqual(document.sections.map((each) => each.id));
    expect(back.sections.find((each) => each.id === "part3")?.muted).toBe(true);
  });
});

describe("undo and redo", () => {
  it("have no limit, and forget the future when something else is done", () => {
    let history = begin(0);
    for (let next = 1; next <= 1000; next += 1) history = commit(history, next);
    for (let back = 0; back < 1000; back += 1) history = undo(history);
    expect(history.present).toBe(0);
    expect(undo(history)).toBe(history);
    history = redo(redo(history));
    expect(history.present).toBe(2);
    expect(redo(commit(history, 9)).present).toBe(9);
  });

  it("take a drag as one step", () => {
    let history = begin("a");
    for (const each of ["b", "c", "d"]) history = commit(history, each, "drag 1");
    expect(undo(history).present).toBe("a");
    expect(undo(commit(history, "e", "drag 2")).present).toBe("d");
    expect(undo(rebase(history, "x")).present).toBe("a");
  });
});

describe("snapping", () => {
  const film = filmOf(example("plain"));
  const marks = marksOf(film, 33);

  it("goes to the nearest word, cut or the playhead within reach, else to a whole frame", () => {
    const word = film.words[2];
    if (!word) throw new Error("no word");
    expect(snapped(marks, word.start + 0.6, 2)).toBe(word.start);
    expect(snapped(marks, 33.2, 1)).toBe(33);
    expect(snapped([], 12.6, 3)).toBe(13);
    expect(nearest(marks, film.frames + 50, 10)).toBeNull();
  });

  it("steps from mark to mark by keys", () => {
    const next = stepTo(marks, 0, 1);
    expect(next).toBeGreaterThan(0);
    expect(stepTo(marks, next, -1)).toBeLessThan(next);
    expect(stepTo(marks, film.frames, 1)).toBe(film.frames);
  });

  it("finds scenes by their frames", () => {
    for (const scene of film.scenes) {
      expect(sceneAt(film, scene.first)?.id).toBe(scene.id);
      expect(sceneAt(film, scene.first + scene.frames - 1)?.id).toBe(scene.id);
    }
  });
});
