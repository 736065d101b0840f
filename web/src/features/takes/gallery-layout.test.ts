import { expect, test } from "vitest";
import { GAP, inRows, layOut, rowHeight } from "./gallery-layout";

const WIDE = 16 / 9;
const TALL = 9 / 16;

test("a phone shows landscape takes one below the other and portrait takes two beside", () => {
  expect(layOut(390, WIDE, 3)).toEqual({ lanes: 1, take: 358, columns: 1, stacked: true });
  expect(layOut(390, TALL, 3)).toEqual({ lanes: 1, take: 173, columns: 2, stacked: true });
});

test("takes stay beside each other: where they cannot, the source goes above them", () => {
  expect(layOut(768, WIDE, 2)).toEqual({ lanes: 1, take: 362, columns: 2, stacked: true });
  expect(layOut(768, WIDE, 1).stacked).toBe(false);
  expect(layOut(768, TALL, 2).stacked).toBe(false);
});

test("takes never stick out of the window", () => {
  for (let width = 320; width <= 2560; width += 40) {
    for (const shape of [WIDE, 1, TALL]) {
      const { take, stacked } = layOut(width, shape, 2);
      expect(take).toBeLessThanOrEqual(width - (stacked ? 32 : 264 + 48));
      expect(take).toBeGreaterThan(100);
    }
  }
});

test("more room gives larger takes, then more shots beside each other", () => {
  expect(layOut(1440, TALL, 2).lanes).toBe(2);
  expect(layOut(1440, WIDE, 3).lanes).toBe(1);
  expect(layOut(2560, WIDE, 2).lanes).toBe(3);
  expect(layOut(1440, WIDE, 3).take).toBeGreaterThan(layOut(1100, WIDE, 3).take - GAP);
});

test("a list is cut into rows, the last one as long as it is", () => {
  expect(inRows([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inRows([], 2)).toEqual([]);
});

test("a row is as high as the lines of takes that it needs", () => {
  const shot = (takes: number) => ({ takes: Array(takes).fill(null) });
  const wide = layOut(1440, TALL, 4);
  const one = rowHeight(wide, TALL, [shot(wide.columns)]);
  expect(one).toBe(Math.round(wide.take / TALL) + 33);
  expect(rowHeight(wide, TALL, [shot(1), shot(wide.columns + 1)])).toBeCloseTo(
    one + wide.take / TALL + GAP,
    -1,
  );
  expect(rowHeight(layOut(390, WIDE, 1), WIDE, [shot(1)])).toBeGreaterThan(358 / WIDE + 33);
});

test("small takes leave room for more of them, large ones take it", () => {
  const [small, usual, large] = (["s", "m", "l"] as const).map((size) => layOut(1440, WIDE, 2, size));
  expect(small?.take).toBeLessThan(usual?.take ?? 0);
  expect(small?.lanes).toBeGreaterThan(usual?.lanes ?? 0);
  expect(large?.take).toBeGreaterThan(usual?.take ?? 0);
});
