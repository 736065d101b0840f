// The pictures and clips of a preview: fetched when they are about to be seen, given back when they are far away.
import type { CameraPath } from "@/api";
import { type FilmScene, shownFrames } from "@/features/stories/film-model";
import type { Source } from "./draw";

const MOST_STILLS = 24;
const MOST_CLIPS = 4;
const SOME_FRAMES = 100;
/** A clip that is further from the clock than this is sought (seconds). */
const CLIP_DRIFT = 0.08;

type Still = { picture: HTMLImageElement; boxes: number[][] | null; move: string };

export type Assets = ReturnType<typeof createAssets>;

/** `changed` is called when something has arrived. */
export function createAssets(storyId: string, shape: string, changed: () => void) {
  const pictures = new Map<string, HTMLImageElement>();
  const stills = new Map<string, Still>();
  const clips = new Map<string, HTMLVideoElement>();
  const base = `/api/stories/${storyId}`;
  let gone = false;

  function picture(name: string, url: string): HTMLImageElement {
    const known = pictures.get(name);
    if (known) return known;
    const made = new Image();
    made.decoding = "async";
    made.src = url;
    void made
      .decode()
      .then(() => !gone && changed())
      .catch(() => undefined); // shown as missing: `complete` and no width
    pictures.set(name, made);
    return made;
  }

  async function fetchBoxes(still: Still, name: string, query: string): Promise<void> {
    const answer = await fetch(`${base}/camera/${name}?${query}`);
    if (!answer.ok || still.move !== query) return;
    still.boxes = ((await answer.json()) as CameraPath).boxes;
    if (!gone) changed();
  }

  function still(scene: FilmScene): Source {
    const { piece, name } = scene;
    if (!name) return null;
    const own = stills.get(scene.id) ?? { picture: picture(name, proxy(name)), boxes: null, move: "" };
    stills.delete(scene.id); // the last one used is last
    stills.set(scene.id, own);
    own.picture = picture(name, proxy(name));
    const query = new URLSearchParams({
      move: piece?.move ?? "static",
      seed: String(piece?.seed ?? 0),
      pace: String(piece?.pace ?? 1),
      // Other moves take the same way whatever their length: nothing is asked again while a cut is dragged.
      frames: String(piece?.move === "handheld" ? shownFrames(scene) : SOME_FRAMES),
    }).toString();
    if (own.move !== query) {
      own.move = query;
      void fetchBoxes(own, name, query).catch(() => undefined); // drawn whole until it is asked for again
    }
    if (stills.size > MOST_STILLS) {
      const oldest = stills.keys().next().value;
      if (oldest !== undefined && oldest !== scene.id) stills.delete(oldest);
    }
    const { naturalWidth: width, naturalHeight: height } = own.picture;
    if (!own.picture.complete || width === 0) return null;
    return { kind: "still", picture: own.picture, width, height, boxes: own.boxes ?? [] };
  }

  function clip(scene: FilmScene, frame: number, fps: number, playing: boolean): Source {
    if (!scene.name || !scene.piece) return null;
    let video = clips.get(scene.name);
    if (!video) {
      video = document.createElement("video");
      video.muted = true;
      video.playsInline = true;
      video.preload = "auto";
      video.src = proxy(scene.name);
      video.addEventListener("seeked", changed);
      video.addEventListener("loadeddata", changed);
      clips.set(scene.name, video);
      if (clips.size > MOST_CLIPS) {
        const [oldest, old] = clips.entries().next().value ?? [];
        if (oldest && old && oldest !== scene.name) {
          old.removeAttribute("src");
          clips.delete(oldest);
        }
      }
    }
    follow(video, scene, frame, fps, playing);
    if (video.readyState < 2) return null;
    return { kind: "clip", picture: video, width: video.videoWidth, height: video.videoHeight };
  }

  function follow(
    video: HTMLVideoElement,
    scene: FilmScene,
    frame: number,
    fps: number,
    playing: boolean,
  ): void {
    if (video.readyState < 1 || !scene.piece) return;
    const { fit, start_seconds: start } = scene.piece;
    const there = video.duration - start;
    const speed = fit === "speed" ? Math.min(Math.max(there / (shownFrames(scene) / fps), 0.92), 1.08) : 1;
    const own = start + ((frame - scene.first + scene.before) / fps) * speed;
    const at = Math.min(own, Math.max(0, video.duration - 1 / fps)); // too short: its last frame stays
    const inside = own < video.duration && frame >= scene.first - scene.before;
    if (playing && inside) {
      video.playbackRate = speed;
      if (video.paused) void video.play().catch(() => undefined); // sought instead
    } else if (!video.paused) video.pause();
    const drift = Math.abs(video.currentTime - at);
    if (!video.seeking && drift > (playing ? CLIP_DRIFT : 0.5 / fps)) video.currentTime = at + 0.001;
  }

  const proxy = (name: string) => `${base}/proxies/${name}?shape=${encodeURIComponent(shape)}`;

  return {
    /** What a scene is drawn from; null until it is there. */
    source: (scene: FilmScene, frame: number, fps: number, playing: boolean): Source =>
      scene.piece && !scene.piece.still ? clip(scene, frame, fps, playing) : still(scene),
    /** A picture as it is, such as a title. */
    drawn(name: string): HTMLImageElement | null {
      const found = picture(name, `${base}/files/${name}`);
      return found.complete && found.naturalWidth > 0 ? found : null;
    },
    /** Whether everything that a scene is drawn from is there. */
    ready(scene: FilmScene, source: Source): boolean {
      if (!scene.name) return true;
      return source !== null && (source.kind === "clip" || source.boxes.length > 0);
    },
    pause(): void {
      for (const video of clips.values()) video.pause();
    },
    close(): void {
      gone = true;
      for (const video of clips.values()) video.removeAttribute("src");
      clips.clear();
      pictures.clear();
    },
  };
}

/** The address of a scene's picture in a strip of many. */
export const thumbUrl = (storyId: string, name: string, shape: string): string =>
  `/api/stories/${storyId}/proxies/${name}?small=true&shape=${encodeURIComponent(shape)}`;
