import { expect, it } from "vitest";
import { matching } from "@/lib/commands";

it("finds what has every word, in any order", () => {
  const all = [{ title: "New job like this" }, { title: "Pause the job" }, { title: "Studio" }];
  expect(matching(all, "job NEW").map((each) => each.title)).toEqual(["New job like this"]);
  expect(matching(all, " ")).toHaveLength(3);
  expect(matching(all, "nothing")).toEqual([]);
});
