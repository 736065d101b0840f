// How shots are laid out in a width: how many beside each other, and how wide a take is.

export const SOURCE = 264; // the image and prompt of a shot
export const GAP = 12;
export const SHOT_GAP = 24;
export const EDGE = 24;
export const EDGE_STACKED = 16;
const STACKED = 768; // below, a shot's source is above its takes

const PADDING = 33; // above and below a row, and its line
const SOURCE_STACKED = 88; // the image and prompt of a shot when they are above its takes: about

/** `columns` is how many takes are beside each other. */
export type GalleryLayout = { lanes: number; take: number; columns: number; stacked: boolean };

export const SIZES = ["s", "m", "l"] as const;
export type GallerySize = (typeof SIZES)[number];
const SCALES: Record<GallerySize, number> = { s: 0.6, m: 1, l: 1.6 };

/** `shape` is width to height, `takes` the most that a shot has. Pixels. */
export function layOut(width: number, shape: number, takes: number, size: GallerySize = "m"): GalleryLayout {
  const [least, most] = (shape > 1.2 ? [224, 420] : shape < 0.8 ? [136, 216] : [176, 264]).map((each) =>
    Math.round(each * SCALES[size]),
  ) as [number, number];
  const inner = width - 2 * EDGE;
  const beside = Math.min(2, takes); // a source is worth its place only when takes stay beside each other
  if (width < STACKED || inner < SOURCE + SHOT_GAP + beside * (least + GAP)) {
    const columns = width < 480 && shape > 1.2 ? 1 : Math.max(2, Math.floor(width / (least + 40)));
    return {
      lanes: 1,
      take: Math.floor((width - 2 * EDGE_STACKED - (columns - 1) * GAP) / columns),
      columns,
      stacked: true,
    };
  }
  const needed = SOURCE + SHOT_GAP + takes * (least + GAP);
  const lanes = Math.max(1, Math.min(3, Math.floor((inner + SHOT_GAP) / (needed + SHOT_GAP))));
  const lane = (inner - (lanes - 1) * SHOT_GAP) / lanes;
  const room = (lane - SOURCE - SHOT_GAP) / Math.max(1, takes) - GAP;
  const take = Math.floor(Math.max(least, Math.min(most, room)));
  const columns = Math.max(1, Math.floor((lane - SOURCE - SHOT_GAP + GAP) / (take + GAP)));
  return { lanes, take, columns, stacked: false };
}

/** How high a row of shots will be, before there is one to measure. Whole pixels. */
export function rowHeight(
  { take, columns, stacked }: GalleryLayout,
  shape: number,
  shots: readonly { takes: readonly unknown[] }[],
): number {
  const most = Math.max(1, ...shots.map((shot) => shot.takes.length));
  const lines = Math.ceil(most / columns);
  const takes = (lines * take) / shape + (lines - 1) * GAP;
  return Math.round(takes + PADDING + (stacked ? SOURCE_STACKED : 0));
}

/** A list in rows of `lanes`. */
export function inRows<T>(list: readonly T[], lanes: number): T[][] {
  const rows: T[][] = [];
  for (let index = 0; index < list.length; index += lanes) rows.push(list.slice(index, index + lanes));
  return rows;
}
