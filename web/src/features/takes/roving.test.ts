import { expect, it } from "vitest";
import type { VideoView } from "@/api";
import { moved } from "./roving";

const shot = (...ids: string[]) => ({ takes: ids.map((video_id) => ({ video_id }) as VideoView) });
const shots = [shot("a1", "a2", "a3"), shot("b1"), shot("c1", "c2")];
const step = (from: string, takes: number, rows: number, lanes = 1) =>
  moved(shots, from, { takes, rows }, lanes)?.take;

it("goes on to the next shot at the end of one, and stops at the ends", () => {
  expect(step("a1", 1, 0)).toBe("a2");
  expect(step("a3", 1, 0)).toBe("b1");
  expect(step("b1", -1, 0)).toBe("a3");
  expect(step("a1", -1, 0)).toBeUndefined();
  expect(step("c2", 1, 0)).toBeUndefined();
});

it("keeps its column between shots, as far as there are takes", () => {
  expect(step("a3", 0, 1)).toBe("b1");
  expect(step("b1", 0, 1)).toBe("c1");
  expect(step("c2", 0, -1, 2)).toBe("a2");
  expect(step("a1", 0, -1)).toBeUndefined();
  expect(step("gone", 1, 0)).toBeUndefined();
});
