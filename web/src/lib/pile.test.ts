import { expect, test } from "vitest";
import { add, byName, EMPTY, imageBytes, kindOf, look, type Pile, problems, toForm } from "@/lib/pile";

const file = (name: string, size = 3) => new File([new Uint8Array(size)], name, { lastModified: 5000 });
const names = (files: readonly File[]) => files.map((each) => each.name);
const piled = async (files: readonly File[], on: Pile = EMPTY) => add(on, await look(files));
const NOTHING_CHOSEN = { pair: null, reading: null };

test("what is dropped is sorted by its kind, in the order dropped, junk left out", async () => {
  const pile = await piled(
    ["10.jpg", "2.PNG", "prompts.TXT", ".DS_Store", "Thumbs.db", "notes.pdf"].map((name) => file(name)),
  );
  expect(names(pile.images)).toEqual(["10.jpg", "2.PNG"]);
  expect(names(byName(pile.images))).toEqual(["2.PNG", "10.jpg"]);
  expect(names(pile.prompts)).toEqual(["prompts.TXT"]);
  expect(pile.ignored).toEqual(["notes.pdf"]);
});

test("endings that cameras, browsers and chats write are known", () => {
  const images = ["a.hif", "a.mpo", "a.pjpeg", "a.jpg_large", "a.jfif", "a.HEIC", "a b.tiff"];
  expect(images.map(kindOf)).toEqual(images.map(() => "image"));
  const prompts = ["p.yaml", "p.jsonl", "p.toml", "p.text", "p.tab", "p.XLSX"];
  expect(prompts.map(kindOf)).toEqual(prompts.map(() => "prompts"));
  expect(["readme.md", "LICENSE.txt", "p.docx", "image"].map(kindOf)).toEqual(Array(4).fill("other"));
});

test.each([
  ["JPEG", [0xff, 0xd8, 0xff, 0xe0]],
  ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["WebP", [...new TextEncoder().encode("RIFF\n\r\u2028WEBP")].toSpliced(6, 3, 1, 2)],
  ["HEIC", [0, 0, 0, 0x18, ...new TextEncoder().encode("ftypheic")]],
])("an image without an ending is told by its content: %s", async (_, bytes) => {
  const [known] = await look([new File([new Uint8Array(bytes)], "download")]);
  expect(known?.kind).toBe("image");
  const [text] = await look([new File(["just words"], "download")]);
  expect(text?.kind).toBe("other");
});

test("the same file is not added twice", async () => {
  const pile = await piled([file("1.jpg"), file("1.jpg", 9)], await piled([file("1.jpg")]));
  expect(pile.images.map((each) => each.size)).toEqual([3, 9]);
});

test("a ZIP beside images, and two prompts files beside a ZIP, stand in the way", async () => {
  expect(problems(await piled([file("1.jpg"), file("all.zip")]))).toEqual(["zip-and-images"]);
  expect(problems(await piled([file("all.zip"), file("a.txt"), file("b.csv")]))).toEqual(["zip-and-texts"]);
  expect(problems(await piled([file("1.jpg"), file("1.txt"), file("2.txt")]))).toEqual([]);
});

test("the form has the fields of the API, and what was chosen", async () => {
  const form = toForm(await piled([file("1.jpg"), file("2.jpg"), file("p.txt")]), null, NOTHING_CHOSEN);
  expect([...form.keys()]).toEqual(["images", "images", "prompts_file", "dates"]);
  expect(form.get("dates")).toBe(JSON.stringify({ "1.jpg": 5, "2.jpg": 5 }));
  const pasted = toForm(await piled([file("all.zip"), file("p.txt")]), "1. A fox", NOTHING_CHOSEN);
  expect([...pasted.keys()]).toEqual(["images_folder", "prompts_text"]);
  expect(pasted.get("prompts_text")).toBe("1. A fox");
  const beside = toForm(await piled([file("1.jpg"), file("1.txt"), file("2.txt")]), null, {
    pair: "date",
    reading: "lines",
  });
  expect([...beside.keys()]).toEqual(["images", "images", "images", "pair", "reading", "dates"]);
  expect(beside.get("pair")).toBe("date");
});

test("the size is that of what is sent", async () => {
  expect(imageBytes(await piled([file("1.jpg", 5), file("2.jpg", 6)]))).toBe(11);
  expect(imageBytes(await piled([file("all.zip", 7)]))).toBe(7);
});
