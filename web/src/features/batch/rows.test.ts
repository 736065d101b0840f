import { expect, test } from "vitest";
import type { UploadCheck } from "@/api";
import {
  append,
  byRow,
  drop,
  fromReport,
  leftOut,
  move,
  putImage,
  type Row,
  shiftImages,
  toPairs,
  unused,
} from "./rows";

const row = (number: number, image: string | null, prompt = `p${number}`): Row => ({
  id: `${number}`,
  number,
  image,
  prompt,
  negative: null,
  line: number,
});
const three = [row(1, "a"), row(2, "b"), row(5, "c")];
const short = (rows: readonly Row[]) =>
  rows.map((each) => `${each.number}${each.image ?? "-"}${each.prompt}`);

test("a shot that moves takes its image and its prompt along; the numbers stay in order", () => {
  expect(short(move(three, 2, 0))).toEqual(["1cp5", "2ap1", "5bp2"]);
  expect(short(move(three, 0, 99))).toEqual(["1bp2", "2cp5", "5ap1"]);
});

test("an image that another row has is swapped, a free one is taken", () => {
  expect(short(putImage(three, "1", "c"))).toEqual(["1cp1", "2bp2", "5ap5"]);
  expect(short(putImage(three, "1", "z"))).toEqual(["1zp1", "2bp2", "5cp5"]);
  expect(short(putImage(three, "2", null))).toEqual(["1ap1", "2-p2", "5cp5"]);
});

test("images that are off by one are shifted under their prompts", () => {
  expect(short(shiftImages(three, 1, 1))).toEqual(["1ap1", "2-p2", "5bp5"]);
  expect(short(shiftImages(three, 0, -1))).toEqual(["1bp1", "2cp2", "5-p5"]);
});

test("what no row has any more can be used again", () => {
  expect(unused(shiftImages(three, 1, 1), ["a", "b", "c"])).toEqual(["c"]);
  expect(unused(drop(three, "2"), ["a", "b", "c"])).toEqual(["b"]);
  expect(short(append(drop(three, "2"), "b")).at(-1)).toBe("6b");
});

test("only what will be made is sent", () => {
  const rows = [row(1, "a"), row(2, "b", " "), row(3, null)];
  expect(rows.map((each) => leftOut(each, false))).toEqual([null, "no-prompt", "no-image"]);
  expect(toPairs(rows, false).map((each) => each.number)).toEqual([1]);
  expect(toPairs(rows, true).map((each) => each.number)).toEqual([1, 3]);
});

test("findings are told at the row they are about", () => {
  const found = (where: string) => ({ where, message: "", code: "" });
  const rows = [row(1, "1.jpg"), { ...row(12, "x.png"), line: 30 }];
  const { of, rest } = byRow(
    rows,
    ["x.png", "shot 1", "pasted.txt:30", "shot 12, image", "prompts.txt"].map(found),
  );
  expect(of.get("1")?.map((each) => each.where)).toEqual(["shot 1"]);
  expect(of.get("12")?.map((each) => each.where)).toEqual(["x.png", "pasted.txt:30", "shot 12, image"]);
  expect(rest.map((each) => each.where)).toEqual(["prompts.txt"]);
});

test("the server's matching becomes the table", () => {
  const pair = { number: 3, image: null, prompt: null, negative_prompt: "fog", line: 4 };
  const rows = fromReport({ pairs: [pair] } as unknown as UploadCheck);
  expect(rows).toEqual([{ id: "3", number: 3, image: null, prompt: "", negative: "fog", line: 4 }]);
});
