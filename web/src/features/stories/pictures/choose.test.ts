import { expect, test } from "vitest";
import type { Doc } from "@/features/stories/document";
import { isUsed, movePicture, secondsOf } from "./choose";

const photo = { id: "p1", provider: "commons" };
const document = {
  sections: [
    { id: "aaaa", pictures: [{ found: photo }] },
    { id: "bbbb", pictures: [] },
  ],
} as unknown as Doc;

test("a picture moves to another section in one change", () => {
  const after = movePicture(document, "aaaa", 0, "bbbb")?.apply(document);
  expect(after?.sections.map((each) => each.pictures.length)).toEqual([0, 1]);
});

test("a picture that is dropped where it was is not moved", () => {
  expect(movePicture(document, "aaaa", 0, "aaaa")).toBeNull();
  expect(movePicture(document, "aaaa", 3, "bbbb")).toBeNull();
});

test("a candidate is known by its source and its id", () => {
  expect(isUsed(document, { ...photo, width: 1, height: 1 })).toBe(true);
  expect(isUsed(document, { ...photo, provider: "openverse", width: 1, height: 1 })).toBe(false);
});

test("pictures share the time of their section", () => {
  expect(secondsOf([{ share: 1 }, { share: 3 }], 8)).toEqual([2, 6]);
});
