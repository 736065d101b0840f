// Plays a film on a canvas. The voice's audio element is the only clock: each picture asks it what time it is.
import type { PreviewView } from "@/api";
import type { Doc } from "./document";
import { type Film, type FilmScene, sceneAt, shownAt } from "./film-model";
import { createAssets } from "./preview/assets";
import { captionAt, currentBit, follow } from "./preview/captions";
import { createClock } from "./preview/clock";
import { type Drawing, drawFrame, looksOf } from "./preview/draw";

const AHEAD_SECONDS = 2;
const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "ckb", "dv"];
/** The share of the film's pixels that the canvas has: that of its proxies. */
const CANVAS_SHARE = 0.5;

export type PlayerState = {
  frame: number;
  playing: boolean;
  /** Playback rate; negative while it goes back. */
  rate: number;
  /** Whether what is on the canvas is all there. */
  ready: boolean;
  silent: boolean;
};

export type Player = ReturnType<typeof createPlayer>;

export function createPlayer(storyId: string, words: { missing: string }) {
  let film: Film = { fps: 30, frames: 0, scenes: [], sections: [], words: [], speech: [] };
  let drawing: Omit<Drawing, "sourceOf" | "pictureOf" | "missing"> | null = null;
  let canvas: HTMLCanvasElement | null = null;
  let state: PlayerState = { frame: 0, playing: false, rate: 1, ready: false, silent: false };
  let asked = 0; // of requestAnimationFrame
  let back: { from: number; at: number; rate: number } | null = null;
  let bare = false;
  /** What is on the canvas; null: nobody knows. */
  let drawn: string | null = null;
  const watchers = new Set<() => void>();
  let assets = createAssets(storyId, "", redraw);
  let shape = "";
  const clock = createClock({ changed: onClock, failed: () => set({ silent: true, playing: false }) });

  function set(next: Partial<PlayerState>): void {
    const changed = (Object.keys(next) as (keyof PlayerState)[]).some((key) => next[key] !== state[key]);
    if (!changed) return;
    state = { ...state, ...next };
    for (const watcher of watchers) watcher();
  }

  const clamp = (frame: number) => Math.min(Math.max(Math.round(frame), 0), Math.max(0, film.frames - 1));

  function onClock(): void {
    if (!back) set({ playing: clock.playing, frame: frameOf(clock.seconds) });
    redraw();
  }

  /** The frame that is shown at a time: the one that has begun. */
  const frameOf = (seconds: number) => clamp(Math.floor(seconds * film.fps + 0.01));

  function redraw(): void {
    if (asked === 0) asked = requestAnimationFrame(paint);
  }

  /** Draw what is there once more: the type it is set in has arrived. */
  function again(): void {
    drawn = null;
    redraw();
  }

  function paint(now: number): void {
    asked = 0;
    if (back) {
      const frame = back.from + ((now - back.at) / 1000) * film.fps * back.rate;
      if (frame <= 0) stop();
      clock.seek(Math.max(0, frame) / film.fps + 0.002);
      set({ frame: clamp(frame) });
    } else if (clock.playing) set({ frame: frameOf(clock.seconds) });
    clock.follow();
    draw();
    if (clock.playing || back) redraw();
    else assets.pause();
  }

  function draw(): void {
    const pen = canvas?.getContext("2d");
    if (!pen || !drawing) return;
    const playing = clock.playing;
    const shown = shownAt(film, state.frame);
    const sources = new Map<string, ReturnType<typeof assets.source>>();
    const sourceOf = (scene: FilmScene) => {
      const known = sources.get(scene.id);
      if (known !== undefined) return known;
      const found = assets.source(scene, state.frame, film.fps, playing);
      sources.set(scene.id, found);
      return found;
    };
    const now: Drawing = {
      ...drawing,
      bare,
      sourceOf,
      pictureOf: assets.drawn,
      missing: (scene) => (scene.name ? "" : words.missing),
    };
    // While something else is edited, the frame in sight is often the same.
    const looks = looksOf(now, state.frame);
    if (looks === null || looks !== drawn) drawFrame(pen, now, state.frame);
    drawn = looks;
    const seen = [shown?.scene, shown?.from].filter((each) => each !== null && each !== undefined);
    set({ ready: seen.every((scene) => assets.ready(scene, sourceOf(scene))) });
    // The next scene is fetched before it is seen.
    const next = sceneAt(film, state.frame + AHEAD_SECONDS * film.fps);
    if (next && !seen.includes(next)) assets.source(next, state.frame, film.fps, false);
  }

  function stop(): void {
    back = null;
    clock.pause();
    set({ playing: false, rate: 1, frame: frameOf(clock.seconds) });
    redraw();
  }

  const player = {
    subscribe(watcher: () => void): () => void {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    get: (): PlayerState => state,
    film: (): Film => film,
    attach(next: HTMLCanvasElement | null): void {
      canvas = next;
      drawn = null;
      redraw();
    },
    /** Another film: another document, or more of what there is for it. */
    update(next: Film, document: Doc, preview: PreviewView): void {
      film = next;
      const size = { width: preview.width, height: preview.height };
      if (shape !== preview.shape) {
        assets.close();
        shape = preview.shape;
        assets = createAssets(storyId, shape, redraw);
        drawn = null;
      }
      if (canvas) {
        const [width, height] = [size.width, size.height].map((each) => Math.round(each * CANVAS_SHARE));
        if (width && height && (canvas.width !== width || canvas.height !== height)) {
          Object.assign(canvas, { width, height }); // which empties it
          drawn = null;
        }
      }
      const placed = new Map(film.sections.map((each) => [each.id, { start: each.first, end: each.last }]));
      const before = preview.bounds.map(([start = 0, end = 0]) => ({ start, end }));
      const after = preview.sections.map((each) => placed.get(each.section_id) ?? null);
      const { watermark } = document.look;
      drawing = {
        film,
        captions: follow(preview.captions, before, after),
        look: document.look.captions,
        face: preview.face,
        size,
        titlePlace: document.look.title_place,
        rtl: RIGHT_TO_LEFT.includes(document.language.toLowerCase().split("-")[0] ?? ""),
        watermark: preview.watermark && watermark ? { ...watermark, name: preview.watermark } : null,
      };
      clock.load(preview.sound.voice);
      const { music } = document;
      const url = preview.sound.music;
      const track =
        url && music.kind !== "off" ? { url, gainDb: music.gain_db, duckDb: music.duck_db } : null;
      clock.setMusic(
        track,
        film.speech.map(([start, end]) => [start / film.fps, end / film.fps]),
      );
      if (preview.face) void loadFace(preview.face.family, preview.face.url).then(again);
      set({ silent: false });
      redraw();
    },
    seek(frame: number): void {
      back = null;
      const at = clamp(frame);
      set({ frame: at });
      clock.seek(at / film.fps + 0.002); // inside the frame, not on its edge
    },
    /** Forward at a rate; back, silently, at a negative one. */
    async play(rate = 1): Promise<void> {
      back = null;
      if (rate < 0) {
        clock.pause();
        back = { from: state.frame, at: performance.now(), rate };
        set({ playing: true, rate });
        redraw();
        return;
      }
      if (state.frame >= film.frames - 1) player.seek(0);
      set({ rate });
      await clock.play(rate).catch(() => set({ playing: false }));
      redraw();
    },
    pause: stop,
    toggle(): void {
      if (state.playing) stop();
      else void player.play(1);
    },
    /** Leave text out of the picture, or draw it again. */
    setBare(next: boolean): void {
      bare = next;
      redraw();
    },
    /** What is seen and said at the frame that is shown. */
    shown(): { scene: string; word: string } {
      const caption = captionAt(drawing?.captions ?? [], state.frame);
      const word = caption && currentBit(caption, state.frame)?.text;
      return { scene: sceneAt(film, state.frame)?.id ?? "", word: word ?? "" };
    },
    redraw,
    close(): void {
      cancelAnimationFrame(asked);
      clock.close();
      assets.close();
    },
  };
  return player;
}

const faces = new Map<string, Promise<unknown>>();

/** The type of the film's captions, in the browser. */
function loadFace(family: string, url: string): Promise<unknown> {
  const known = faces.get(family);
  if (known) return known;
  const face = new FontFace(family, `url("${url}")`, { weight: "100 900" });
  const loading = face
    .load()
    .then((loaded) => document.fonts.add(loaded))
    .catch(() => faces.delete(family)); // another type is shown until it is asked for again
  faces.set(family, loading);
  return loading;
}
