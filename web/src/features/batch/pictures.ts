// The images of a batch by their names, wherever their bytes are: files, or inside a ZIP.
import { datesOf, type Pile } from "@/lib/pile";
import { readZip, unzip } from "./zip";

export type Picture = { name: string; bytes: () => Promise<Blob> };
/** Images in the order given; the prompts files; what is neither; dates of the images, in seconds. */
export type Contents = {
  pictures: Picture[];
  prompts: File[];
  others: string[];
  dates: Record<string, number>;
};

const MOST_PROMPTS_BYTES = 8 * 2 ** 20;

/** What a pile holds. Rejects with `NotReadable`, or with the server's problem, for a ZIP it cannot use. */
export async function contentsOf(pile: Pile): Promise<Contents> {
  const { zip } = pile;
  if (!zip) {
    return {
      pictures: pile.images.map((file) => ({ name: file.name, bytes: async () => file })),
      prompts: pile.prompts,
      others: [],
      dates: datesOf(pile.images),
    };
  }
  const files = await readZip(zip);
  const images = files.filter((each) => each.kind === "image");
  const texts = files.filter((each) => each.kind === "prompts" && each.packed <= MOST_PROMPTS_BYTES);
  const inside = () => Promise.all(texts.map(async (each) => new File([await unzip(zip, each)], each.name)));
  return {
    pictures: images.map((each) => ({ name: each.name, bytes: () => unzip(zip, each) })),
    prompts: pile.prompts.length > 0 ? pile.prompts : await inside(),
    others: files.filter((each) => each.kind === "other").map((each) => each.name),
    dates: Object.fromEntries(images.flatMap(({ name, date }) => (date === null ? [] : [[name, date]]))),
  };
}
