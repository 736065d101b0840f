// Where captions stand and how large they are: the same sums as the film's (media/film/captions.py).
import type { PreviewBit, PreviewCaption, PreviewFace } from "@/api";
import type { Doc } from "@/features/stories/document";

export type CaptionLook = Doc["look"]["captions"];
type Size = { width: number; height: number };

const ONE_WORD = 1.45;

/** The part of a frame that no buttons of players and sites cover. */
export function safeArea({ width, height }: Size) {
  if (height > width * 1.5) {
    return { left: width * 0.11, top: height * 0.1, right: width * 0.89, bottom: height * 0.8 };
  }
  return { left: width * 0.1, top: height * 0.06, right: width * 0.9, bottom: height * 0.92 };
}

/** The size of caption type, pixels of its em. */
export function emSize(size: Size, look: CaptionLook): number {
  const side = Math.min(size.width, size.height * 1.1);
  return 0.056 * side * look.size * (look.style === "one_word" ? ONE_WORD : 1);
}

/** Where the middle of a caption's lines is, pixels from the top. */
export function middleOf(
  size: Size,
  look: CaptionLook,
  face: Pick<PreviewFace, "line">,
  lines: number,
): number {
  const area = safeArea(size);
  const half = (emSize(size, look) * face.line * lines) / 2;
  const position = Math.min(Math.max(look.position, 0), 1);
  const middle = area.top + (area.bottom - area.top) * position;
  return Math.min(Math.max(middle, area.top + half), area.bottom - half);
}

/** The caption that is shown at a frame. */
export function captionAt(captions: readonly PreviewCaption[], frame: number): PreviewCaption | null {
  let [low, high] = [0, captions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((captions[middle]?.end ?? 0) <= frame) low = middle + 1;
    else high = middle;
  }
  const found = captions[low];
  return found && found.start <= frame ? found : null;
}

/** The word that is spoken at a frame of a caption: as the film highlights it. */
export function currentBit(caption: PreviewCaption, frame: number): PreviewBit | null {
  const bits = caption.lines.flat();
  return bits.findLast((bit, index) => (index === 0 ? caption.start : bit.start) <= frame) ?? null;
}

export type Placed = { start: number; end: number };

/** Captions at their frames after sections have moved: those of a section move with it. `before` and `after` are
 * the sections' first frames. */
export function follow(
  captions: readonly PreviewCaption[],
  before: readonly Placed[],
  after: readonly (Placed | null)[],
): PreviewCaption[] {
  if (before.every((each, index) => after[index]?.start === each.start)) return [...captions];
  return captions.flatMap((caption) => {
    const place = before.findLastIndex((each) => each.start <= caption.start);
    const now = after[place];
    const then = before[place];
    if (!now || !then) return place < 0 ? [caption] : [];
    const by = now.start - then.start;
    const lines = caption.lines.map((line) =>
      line.map((bit) => ({ ...bit, start: bit.start + by, end: bit.end + by })),
    );
    return [{ start: caption.start + by, end: Math.min(caption.end + by, now.end), lines }];
  });
}
