// Draws a frame of a film on a canvas: cameras over stills, clips, transitions, titles, captions.
import type { PreviewCaption, PreviewFace } from "@/api";
import type { Doc } from "@/features/stories/document";
import { type Film, type FilmScene, ownTime, shownAt } from "@/features/stories/film-model";
import { type CaptionLook, captionAt, currentBit, emSize, middleOf } from "./captions";
import { boxAt, mixOf, overlayShare } from "./easing";

/** What a scene is drawn from, as far as it is there. */
export type Source =
  | { kind: "still"; picture: CanvasImageSource; width: number; height: number; boxes: number[][] }
  | { kind: "clip"; picture: CanvasImageSource; width: number; height: number }
  | null;

export type Drawing = {
  film: Film;
  captions: readonly PreviewCaption[];
  look: CaptionLook;
  face: PreviewFace | null;
  titlePlace: Doc["look"]["title_place"];
  /** Whether captions are written from right to left. */
  rtl: boolean;
  /** The frame's own size, which captions are measured in. */
  size: { width: number; height: number };
  sourceOf: (scene: FilmScene) => Source;
  pictureOf: (name: string) => HTMLImageElement | null;
  watermark: { name: string; x: number; y: number; width: number; opacity: number } | null;
  /** Shown in place of what is not there. */
  missing: (scene: FilmScene) => string;
  /** For comparing pictures without text. */
  bare?: boolean;
};

type Pen = CanvasRenderingContext2D;
const TITLE_TOPS = { top: 0.1, lower_third: 0.42 };
const TITLE_FADE = 8;

/** Draw a frame so that it fills the canvas. */
export function drawFrame(pen: Pen, drawing: Drawing, frame: number): void {
  const { width, height } = pen.canvas;
  pen.globalAlpha = 1;
  pen.fillStyle = "#000000";
  pen.fillRect(0, 0, width, height);
  const shown = shownAt(drawing.film, frame);
  if (!shown) return;
  const { scene, from, progress } = shown;
  if (from) {
    const mix = mixOf(scene.join.kind, progress);
    if (mix.ground) {
      pen.fillStyle = mix.ground;
      pen.fillRect(0, 0, width, height);
      // Both are weights over the ground; at no time are both above nothing.
      drawScene(pen, drawing, from, frame, mix.from.weight, {});
      drawScene(pen, drawing, scene, frame, mix.to.weight, {});
    } else {
      drawScene(pen, drawing, from, frame, 1, { x: mix.from.x, zoom: mix.from.zoom });
      drawScene(pen, drawing, scene, frame, mix.to.weight, { x: mix.to.x, clip: mix.to.clip });
    }
  } else drawScene(pen, drawing, scene, frame, 1, {});
  for (const each of from ? [from, scene] : [scene]) drawTitle(pen, drawing, each, frame);
  drawWatermark(pen, drawing);
  if (!drawing.bare) drawCaption(pen, drawing, frame);
}

/** What a frame shows, as text: equal texts, equal pictures. Null: nobody knows, since a clip moves. */
export function looksOf(drawing: Drawing, frame: number): string | null {
  const { look, face, titlePlace, rtl, size, watermark, bare = false } = drawing;
  const shown = shownAt(drawing.film, frame);
  if (!shown) return "";
  const { scene, from, progress } = shown;
  const mark = watermark && drawing.pictureOf(watermark.name) !== null;
  const parts: unknown[] = [look, face, titlePlace, rtl, size, watermark, mark, bare];
  if (from) parts.push(scene.join.kind, progress);
  for (const each of from ? [from, scene] : [scene]) {
    const source = drawing.sourceOf(each);
    if (source?.kind === "clip") return null;
    const view = source && boxAt(source.boxes, ownTime(each, frame));
    const title = each.title && drawing.pictureOf(each.title.name) !== null;
    const share = each.title && overlayShare(frame - each.first, each.title.frames, TITLE_FADE);
    parts.push(each.name, view, view ? "" : drawing.missing(each), each.title?.name, title, share);
  }
  const caption = captionAt(drawing.captions, frame);
  if (caption) {
    const bits = caption.lines.flat();
    const current = currentBit(caption, frame);
    parts.push(
      caption.lines.map((line) => line.map((bit) => [bit.text, bit.space])),
      current && bits.indexOf(current),
    );
  }
  return JSON.stringify(parts);
}

type Place = { x?: number; zoom?: number; clip?: number };

function drawScene(
  pen: Pen,
  drawing: Drawing,
  scene: FilmScene,
  frame: number,
  weight: number,
  place: Place,
): void {
  if (weight <= 0) return;
  const { width, height } = pen.canvas;
  const source = drawing.sourceOf(scene);
  pen.save();
  pen.globalAlpha = weight;
  if (place.clip) {
    pen.beginPath();
    pen.rect(place.clip * width, 0, width, height);
    pen.clip();
  }
  pen.translate((place.x ?? 0) * width, 0);
  if (source === null) drawMissing(pen, drawing.missing(scene));
  else {
    const [left, top, wide, high] = viewOf(source, ownTime(scene, frame), width / height);
    const zoom = Math.max(place.zoom ?? 1, 1 / width);
    const [w, h] = [wide * zoom, high * zoom];
    pen.drawImage(source.picture, left + (wide - w) / 2, top + (high - h) / 2, w, h, 0, 0, width, height);
  }
  pen.restore();
}

/** The part of a source that fills the frame, in its pixels. */
function viewOf(source: NonNullable<Source>, time: number, shape: number): [number, number, number, number] {
  if (source.kind === "still") {
    const [left, top, wide, high] = boxAt(source.boxes, time);
    return [left * source.width, top * source.height, wide * source.width, high * source.height];
  }
  const wide = Math.min(source.width, source.height * shape);
  const high = wide / shape;
  return [(source.width - wide) / 2, (source.height - high) / 2, wide, high];
}

function drawMissing(pen: Pen, words: string): void {
  const { width, height } = pen.canvas;
  pen.fillStyle = "#23262d";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#c8ccd4";
  pen.font = `500 ${Math.round(Math.min(width, height) / 16)}px "Inter Variable", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(words, width / 2, height / 2, width * 0.84);
}

function drawTitle(pen: Pen, drawing: Drawing, scene: FilmScene, frame: number): void {
  const picture = scene.title && drawing.pictureOf(scene.title.name);
  if (!scene.title || !picture) return;
  const share = overlayShare(frame - scene.first, scene.title.frames, TITLE_FADE);
  if (share <= 0) return;
  const { width, height } = pen.canvas;
  pen.globalAlpha = share;
  const high = (picture.naturalHeight / picture.naturalWidth) * width;
  pen.drawImage(picture, 0, Math.round(TITLE_TOPS[drawing.titlePlace] * height), width, high);
  pen.globalAlpha = 1;
}

function drawWatermark(pen: Pen, { watermark, pictureOf }: Drawing): void {
  const picture = watermark && pictureOf(watermark.name);
  if (!watermark || !picture) return;
  const { width, height } = pen.canvas;
  const wide = watermark.width * width;
  pen.globalAlpha = watermark.opacity;
  const high = (picture.naturalHeight / picture.naturalWidth) * wide;
  pen.drawImage(picture, watermark.x * width, watermark.y * height, wide, high);
  pen.globalAlpha = 1;
}

function drawCaption(pen: Pen, drawing: Drawing, frame: number): void {
  const { look, face, size } = drawing;
  const caption = face && look.style !== "off" ? captionAt(drawing.captions, frame) : null;
  if (!face || !caption) return;
  const scale = pen.canvas.width / size.width;
  const em = emSize(size, look) * scale;
  const line = em * face.line;
  const middle = middleOf(size, look, face, caption.lines.length) * scale;
  const current = look.style === "highlight" ? currentBit(caption, frame) : null;
  pen.font = `700 ${em}px "${face.family}", sans-serif`;
  pen.textBaseline = "middle";
  pen.direction = drawing.rtl ? "rtl" : "ltr";
  pen.textAlign = "start";
  pen.lineJoin = "round";
  const texts = caption.lines.map((bits) =>
    bits.map((bit, index) => ({ bit, text: index && bit.space ? ` ${bit.text}` : bit.text })),
  );
  const wides = texts.map((parts) => pen.measureText(parts.map((each) => each.text).join("")).width);
  const top = middle - (line * texts.length) / 2;
  if (look.style === "boxed") {
    const pad = em * 0.28;
    const wide = Math.max(...wides) + 2 * pad;
    pen.globalAlpha = 0.69;
    pen.fillStyle = look.box;
    pen.fillRect((pen.canvas.width - wide) / 2, top - pad, wide, line * texts.length + 2 * pad);
    pen.globalAlpha = 1;
  }
  texts.forEach((parts, row) => {
    const way = drawing.rtl ? -1 : 1; // words follow each other from the start of their line
    let x = (pen.canvas.width - way * (wides[row] ?? 0)) / 2;
    const y = top + line * (row + 0.5);
    if (look.style !== "boxed") {
      pen.strokeStyle = look.outline;
      pen.lineWidth = em * 0.17;
      pen.strokeText(parts.map((each) => each.text).join(""), x, y);
    }
    for (const { bit, text } of parts) {
      pen.fillStyle = bit === current ? look.highlight : look.colour;
      pen.fillText(text, x, y);
      x += way * pen.measureText(text).width;
    }
  });
}
