import { expect, test } from "vitest";
import { add, EMPTY, imageBytes, problems, toForm } from "@/lib/pile";

const file = (name: string, size = 3) => new File([new Uint8Array(size)], name);
const names = (files: readonly File[]) => files.map((each) => each.name);

test("what is dropped is sorted by its kind, images in natural order, junk left out", () => {
  const pile = add(
    EMPTY,
    ["10.jpg", "2.PNG", "prompts.TXT", ".DS_Store", "Thumbs.db", "notes.pdf"].map((name) => file(name)),
  );
  expect(names(pile.images)).toEqual(["2.PNG", "10.jpg"]);
  expect(names(pile.prompts)).toEqual(["prompts.TXT"]);
  expect(pile.ignored).toEqual(["notes.pdf"]);
});

test("the same file is not taken twice", () => {
  const pile = add(add(EMPTY, [file("1.jpg")]), [file("1.jpg"), file("1.jpg", 9)]);
  expect(pile.images.map((each) => each.size)).toEqual([3, 9]);
});

test("a ZIP beside images, and two prompts files, stand in the way", () => {
  expect(problems(add(EMPTY, [file("1.jpg"), file("all.zip")]))).toEqual(["zip-and-images"]);
  expect(problems(add(EMPTY, [file("a.txt"), file("b.csv")]))).toEqual(["two-prompts"]);
  expect(problems(add(EMPTY, [file("all.zip"), file("a.txt")]))).toEqual([]);
});

test("the form has the fields of the API", () => {
  const form = toForm(add(EMPTY, [file("1.jpg"), file("2.jpg"), file("p.txt")]), null);
  expect([...form.keys()]).toEqual(["images", "images", "prompts_file"]);
  const pasted = toForm(add(EMPTY, [file("all.zip"), file("p.txt")]), "1. A fox");
  expect([...pasted.keys()]).toEqual(["images_folder", "prompts_text"]);
  expect(pasted.get("prompts_text")).toBe("1. A fox");
});

test("the size is that of what is sent", () => {
  expect(imageBytes(add(EMPTY, [file("1.jpg", 5), file("2.jpg", 6)]))).toBe(11);
  expect(imageBytes(add(EMPTY, [file("all.zip", 7)]))).toBe(7);
});
