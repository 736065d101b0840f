import { expect, test } from "vitest";
import { historySearch } from "./history-search";

test("of an address only what is understood is kept", () => {
  expect(historySearch({ q: "fox", status: "failed", page: "3", other: 1 })).toEqual({
    q: "fox",
    status: "failed",
    page: 3,
  });
  const project = "5a1c0d9e-8b7f-4e6d-9c5b-4a3f2e1d0c9b";
  expect(historySearch({ project })).toEqual({ project });
  expect(historySearch({ project: "none" })).toEqual({ project: "none" });
  expect(historySearch({ project: "Winter" })).toEqual({});
  expect(historySearch({ q: " ", status: "great", page: "0" })).toEqual({});
});
