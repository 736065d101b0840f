import { expect, test } from "vitest";
import { wordDiff } from "./diff";

test("what stays, goes and comes is told apart", () => {
  expect(wordDiff("Rice grows for four months.", "Rice takes four months.")).toEqual([
    { kind: "same", text: "Rice " },
    { kind: "removed", text: "grows for " },
    { kind: "added", text: "takes " },
    { kind: "same", text: "four months." },
  ]);
});

test("without the removed pieces it is the new text, without the added ones the old", () => {
  const [before, after] = ["a b c d e f", "b x d f g"];
  const pieces = wordDiff(before, after);
  const text = (gone: string) =>
    pieces
      .filter((each) => each.kind !== gone)
      .map((each) => each.text)
      .join("")
      .split(/\s+/)
      .join("");
  expect(text("removed")).toBe(after.replaceAll(" ", ""));
  expect(text("added")).toBe(before.replaceAll(" ", ""));
});

test("nothing differs from itself, and everything from nothing", () => {
  expect(wordDiff("same words", "same words")).toEqual([{ kind: "same", text: "same words" }]);
  expect(wordDiff("", "new")).toEqual([{ kind: "added", text: "new" }]);
  expect(wordDiff("", "")).toEqual([]);
});
