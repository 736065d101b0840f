import { expect, test } from "vitest";
import { peaksOf, scaled } from "./peaks";

test("each part has its loudest sample, whatever its sign", () => {
  expect(peaksOf(Float32Array.from([0, -0.5, 0.25, 0.1]), 2)).toEqual([0.5, 0.25]);
});

test("more parts than samples repeat them", () => {
  expect(peaksOf(Float32Array.from([1, 0]), 4)).toEqual([1, 1, 0, 0]);
});

test("silence is not made loud", () => {
  expect(scaled([0, 0])).toEqual([0, 0]);
  expect(scaled([0.5, 0.25])).toEqual([1, 0.5]);
});
