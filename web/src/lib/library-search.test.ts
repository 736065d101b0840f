import { expect, it } from "vitest";
import { libraryQuery, librarySearch } from "@/lib/library-search";

it("reads an address, and leaves out what it cannot mean", () => {
  expect(librarySearch({ q: "fox", show: "picks", stars: "4", sort: "stars", days: 7, by: "shot" })).toEqual({
    q: "fox",
    show: "picks",
    stars: 4,
    sort: "stars",
    days: 7,
    by: "shot",
  });
  expect(librarySearch({ q: "", show: "x", stars: 9, sort: 1, days: -1, kind: "y", by: "z" })).toEqual({});
});

it("asks the server in its words", () => {
  const now = Date.UTC(2026, 10, 30, 15);
  expect(libraryQuery({ q: "fox", show: "4k", stars: 3, days: 1 }, now)).toEqual({
    search: "fox",
    upscaled: true,
    min_rating: 3,
    since: "2026-11-30T00:00:00.000Z",
  });
  expect(libraryQuery({})).toEqual({});
});
