import { expect, test } from "vitest";
import { click, type Marks, NONE, prune, turnAll } from "@/lib/marks";

const order = ["a", "b", "c", "d", "e"];
const ids = (marks: Marks) => [...marks.ids].sort().join("");

test("a click marks, another unmarks", () => {
  const once = click(NONE, order, "b", false);
  expect(ids(once)).toBe("b");
  expect(ids(click(once, order, "b", false))).toBe("");
});

test("Shift marks all from the last click, in both directions", () => {
  const one = click(NONE, order, "b", false);
  expect(ids(click(one, order, "d", true))).toBe("bcd");
  expect(ids(click(one, order, "a", true))).toBe("ab");
});

test("Shift after unmarking unmarks the range", () => {
  const all = turnAll(NONE, order);
  const without = click(all, order, "b", false);
  expect(ids(click(without, order, "d", true))).toBe("ae");
});

test("a range keeps what is marked outside of it", () => {
  const e = click(NONE, order, "e", false);
  const a = click(e, order, "a", false);
  expect(ids(click(a, order, "b", true))).toBe("abe");
});

test("Shift without an earlier click, or after it went out of sight, marks the one", () => {
  expect(ids(click(NONE, order, "c", true))).toBe("c");
  const gone = click(NONE, ["x", ...order], "x", false);
  expect(ids(click(gone, order, "c", true))).toBe("cx");
});

test("all turn on unless all are on", () => {
  const some = click(NONE, order, "b", false);
  const all = turnAll(some, order);
  expect(ids(all)).toBe("abcde");
  expect(ids(turnAll(all, order))).toBe("");
});

test("what is deleted is forgotten, and nothing changes when nothing is", () => {
  const all = turnAll(NONE, order);
  expect(prune(all, new Set(order))).toBe(all);
  expect(ids(prune(all, new Set(["a", "c"])))).toBe("ac");
});
