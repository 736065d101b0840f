// Sorts what was dropped into what an upload is made of.
import type { Pairing, Reading } from "@/api";

/** Images in the order in which they were dropped. */
export type Pile = { images: File[]; zip: File | null; prompts: File[]; ignored: string[] };
export type Kind = "image" | "prompts" | "zip" | "junk" | "other";
export type Known = { file: File; kind: Kind };

export const EMPTY: Pile = { images: [], zip: null, prompts: [], ignored: [] };

// The same lists as on the server (intake/pairs.py, intake/kinds.py): a test compares them.
const IMAGES = [
  ".jpg .jpeg .jpe .jfif .pjpeg .pjp .jpg_large .mpo .png .apng .webp .avif",
  ".heic .heif .hif .heics .gif .bmp .dib .tif .tiff .svg",
].flatMap((each) => each.split(" "));
const PROMPTS = [
  ".txt .text .md .markdown .csv .tsv .tab .json .jsonl .ndjson .yaml .yml .toml .xlsx .xls .rtf",
].flatMap((each) => each.split(" "));
const JUNK = /^(\.|__macosx$|thumbs\.db$|ehthumbs\.db$|desktop\.ini$|\$recycle\.bin$)/i;
const READ_ME = /^(readme|licen[cs]e)$/i;
const START_BYTES = 16;
const MAGIC = ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF8", "II*\0", "MM\0*"];
const BRANDS = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/** Both pickers offer these. */
export const ACCEPT_PROMPTS = PROMPTS.join(",");
export const ACCEPT_IMAGES = `image/*,${IMAGES.join(",")}`;
export const ACCEPT = `.zip,${ACCEPT_IMAGES},${ACCEPT_PROMPTS}`;

/** What a file is by its name. */
export function kindOf(name: string): Kind {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  if (JUNK.test(base)) return "junk";
  const dot = base.lastIndexOf(".");
  const ending = dot < 0 ? "" : base.slice(dot).toLowerCase();
  if (ending === ".zip") return "zip";
  if (IMAGES.includes(ending)) return "image";
  if (PROMPTS.includes(ending)) return READ_ME.test(base.slice(0, dot)) ? "other" : "prompts";
  return "other";
}

/** Whether bytes are the beginning of an image, whatever its name says. */
export async function startsAsImage(bytes: Blob): Promise<boolean> {
  const start = new Uint8Array(await bytes.slice(0, START_BYTES).arrayBuffer());
  const text = String.fromCharCode(...start);
  return (
    MAGIC.some((each) => text.startsWith(each)) ||
    (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") ||
    (text.slice(4, 8) === "ftyp" && BRANDS.includes(text.slice(8, 12)))
  );
}

/** What each file is; one whose name does not say so may still be an image by its content. */
export function look(files: readonly File[]): Promise<Known[]> {
  return Promise.all(
    files.map(async (file) => {
      const kind = kindOf(file.name);
      return { file, kind: kind === "other" && (await startsAsImage(file)) ? "image" : kind };
    }),
  );
}

/** Put more on the pile. A file that is there already (name and size) is not added twice. */
export function add(pile: Pile, files: readonly Known[]): Pile {
  const next = {
    images: [...pile.images],
    zip: pile.zip,
    prompts: [...pile.prompts],
    ignored: [...pile.ignored],
  };
  for (const { file, kind } of files) {
    if (kind === "zip") next.zip = file;
    else if (kind === "image") once(next.images, file);
    else if (kind === "prompts") once(next.prompts, file);
    else if (kind === "other" && !next.ignored.includes(file.name)) next.ignored.push(file.name);
  }
  return next;
}

function once(files: File[], file: File): void {
  if (!files.some((each) => each.name === file.name && each.size === file.size)) files.push(file);
}

const NATURAL = new Intl.Collator("en", { numeric: true });

/** In order of name, 2 before 10. */
export function byName<T extends { name: string }>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => NATURAL.compare(a.name, b.name));
}

/** What stands in the way of sending it. */
export type PileProblem = "zip-and-images" | "zip-and-texts";

export function problems(pile: Pile): PileProblem[] {
  const found: PileProblem[] = [];
  if (pile.zip && pile.images.length > 0) found.push("zip-and-images");
  if (pile.zip && pile.prompts.length > 1) found.push("zip-and-texts");
  return found;
}

/** Bytes of the images, or of the ZIP. */
export function imageBytes(pile: Pile): number {
  return pile.zip ? pile.zip.size : pile.images.reduce((sum, each) => sum + each.size, 0);
}

/** What a person chose where there is a choice. */
export type Chosen = { pair: Pairing | null; reading: Reading | null };

/** The form that the API takes. `pasted` is null when the prompts come as files. */
export function toForm(pile: Pile, pasted: string | null, chosen: Chosen): FormData {
  const form = new FormData();
  if (pile.zip) form.append("images_folder", pile.zip, pile.zip.name);
  for (const image of pile.images) form.append("images", image, image.name);
  if (pasted?.trim()) form.append("prompts_text", pasted);
  else if (pasted === null) {
    // Several lie among the images, as in a folder: the server tells which are the prompts.
    const field = pile.prompts.length === 1 ? "prompts_file" : "images";
    for (const text of pile.prompts) form.append(field, text, text.name);
  }
  if (chosen.pair) form.append("pair", chosen.pair);
  if (chosen.reading) form.append("reading", chosen.reading);
  if (pile.images.length > 0) form.append("dates", JSON.stringify(datesOf(pile.images)));
  return form;
}

/** When the images were last changed, in seconds, by name. */
export function datesOf(images: readonly File[]): Record<string, number> {
  return Object.fromEntries(images.map((each) => [each.name, each.lastModified / 1000]));
}
