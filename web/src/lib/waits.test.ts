import { expect, it } from "vitest";
import { isHeldUp } from "./waits";

it.each([
  ["turn", "It waits for its turn.", false],
  ["spacing", "At intervals.", false],
  ["cool_down", "first is cooling down.", true],
  ["worker", "No worker is alive.", true],
  [null, null, false],
] as const)("a take that waits for %s", (waiting_for, wait_reason, held) => {
  expect(isHeldUp({ waiting_for, wait_reason })).toBe(held);
});
