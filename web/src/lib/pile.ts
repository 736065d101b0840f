// Sorts what was dropped into what an upload is made of.

export type Pile = { images: File[]; zip: File | null; prompts: File[]; ignored: string[] };

export const EMPTY: Pile = { images: [], zip: null, prompts: [], ignored: [] };

const IMAGE = /\.(jpe?g|png|webp|avif|hei[cf])$/i;
const PROMPTS = /\.(txt|md|markdown|csv|tsv|json|xlsx)$/i;
const ZIP = /\.zip$/i;
const JUNK = /^(\.|thumbs\.db$|desktop\.ini$)/i;

/** Both pickers offer these. */
export const ACCEPT = ".zip,image/*,.heic,.heif,.avif,.txt,.md,.markdown,.csv,.tsv,.json,.xlsx";
export const ACCEPT_IMAGES = "image/*,.heic,.heif,.avif";
export const ACCEPT_PROMPTS = ".txt,.md,.markdown,.csv,.tsv,.json,.xlsx";

/** Put more on the pile. A file that is there already (name and size) is not taken twice. */
export function add(pile: Pile, files: readonly File[]): Pile {
  const next = {
    images: [...pile.images],
    zip: pile.zip,
    prompts: [...pile.prompts],
    ignored: [...pile.ignored],
  };
  for (const file of files) {
    if (JUNK.test(file.name)) continue;
    if (ZIP.test(file.name)) next.zip = file;
    else if (IMAGE.test(file.name)) once(next.images, file);
    else if (PROMPTS.test(file.name)) once(next.prompts, file);
    else if (!next.ignored.includes(file.name)) next.ignored.push(file.name);
  }
  const natural = new Intl.Collator("en", { numeric: true });
  next.images.sort((a, b) => natural.compare(a.name, b.name));
  return next;
}

function once(files: File[], file: File): void {
  if (!files.some((each) => each.name === file.name && each.size === file.size)) files.push(file);
}

export function isImage(name: string): boolean {
  return IMAGE.test(name);
}

export function isPrompts(name: string): boolean {
  return PROMPTS.test(name) && !/(^|\/)(readme|licen[cs]e)\.[^/]*$/i.test(name);
}

/** What stands in the way of sending it. */
export type PileProblem = "zip-and-images" | "two-prompts";

export function problems(pile: Pile): PileProblem[] {
  const found: PileProblem[] = [];
  if (pile.zip && pile.images.length > 0) found.push("zip-and-images");
  if (pile.prompts.length > 1) found.push("two-prompts");
  return found;
}

/** Bytes of the images, or of the ZIP. */
export function imageBytes(pile: Pile): number {
  return pile.zip ? pile.zip.size : pile.images.reduce((sum, each) => sum + each.size, 0);
}

/** The form that the API takes. `pasted` is null when the prompts come as a file. */
export function toForm(pile: Pile, pasted: string | null): FormData {
  const form = new FormData();
  if (pile.zip) form.append("images_folder", pile.zip, pile.zip.name);
  for (const image of pile.images) form.append("images", image, image.name);
  const [prompts] = pile.prompts;
  if (pasted?.trim()) form.append("prompts_text", pasted);
  else if (pasted === null && prompts) form.append("prompts_file", prompts, prompts.name);
  return form;
}
