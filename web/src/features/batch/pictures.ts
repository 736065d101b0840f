// The images of a batch by their names, wherever their bytes are: files, or inside a ZIP.
import type { Pile } from "@/lib/pile";
import { isImage, isPrompts } from "@/lib/pile";
import { readZip, unzip } from "./zip";

export type Picture = { name: string; bytes: () => Promise<Blob> };
export type Contents = { pictures: Picture[]; prompts: File | null };

/** What a pile holds. Rejects with `NotReadable` for a ZIP that cannot be looked into. */
export async function contentsOf(pile: Pile): Promise<Contents> {
  const [given = null] = pile.prompts;
  const { zip } = pile;
  if (!zip) {
    return {
      pictures: pile.images.map((file) => ({ name: file.name, bytes: async () => file })),
      prompts: given,
    };
  }
  const entries = await readZip(zip);
  const inside = entries.filter((each) => isPrompts(each.name));
  const [only] = inside;
  return {
    pictures: entries
      .filter((each) => isImage(each.name))
      .map((each) => ({ name: each.name, bytes: () => unzip(zip, each) })),
    prompts: given ?? (only && inside.length === 1 ? new File([await unzip(zip, only)], only.name) : null),
  };
}
