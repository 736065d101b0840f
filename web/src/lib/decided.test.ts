import { expect, it } from "vitest";
import { decisions } from "@/lib/decided";

const take = (
  shot_id: string,
  more: Partial<{ selected: boolean; rejected: boolean; status: "completed" | "failed" }> = {},
) => ({
  shot_id,
  status: "completed" as const,
  selected: false,
  rejected: false,
  ...more,
});

it("is decided by a pick or by rejecting all that is finished", () => {
  const { decided, all } = decisions([
    take("picked", { selected: true }),
    take("picked"),
    take("rejected", { rejected: true }),
    take("rejected", { status: "failed" }),
    take("open", { rejected: true }),
    take("open"),
    take("nothing yet", { status: "failed" }),
  ]);
  expect([...decided]).toEqual(["picked", "rejected"]);
  expect(all).toBe(3);
});
