// The filters of the library as they stand in its address.
import type { JobKind } from "@/api";

export const KINDS = ["batch", "studio", "openai", "story"] as const satisfies readonly JobKind[];
export const SHOWN = ["all", "picks", "rejected", "4k"] as const;
export const SORTS = ["newest", "oldest", "stars"] as const;
export const SIZES = ["s", "m", "l", "list"] as const;
const DAY = 24 * 3600 * 1000;

export type LibrarySearch = {
  q?: string;
  show?: (typeof SHOWN)[number];
  stars?: number;
  provider?: string;
  kind?: (typeof KINDS)[number];
  project?: string;
  /** Only the last so many days. */
  days?: number;
  sort?: (typeof SORTS)[number];
  by?: "shot";
  video?: string;
};

/** What an address says; what it cannot mean is left out. */
export function librarySearch(search: Record<string, unknown>): LibrarySearch {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === "string" && value ? { [name]: value } : {};
  };
  const one = (name: string, values: readonly string[]) =>
    values.some((each) => each === search[name]) ? { [name]: search[name] } : {};
  const number = (name: string, most: number) => {
    const value = Number(search[name]);
    return Number.isInteger(value) && value >= 1 && value <= most ? { [name]: value } : {};
  };
  return {
    ...text("q"),
    ...one("show", SHOWN),
    ...number("stars", 5),
    ...text("provider"),
    ...one("kind", KINDS),
    ...text("project"),
    ...number("days", 3650),
    ...one("sort", SORTS),
    ...one("by", ["shot"]),
    ...text("video"),
  };
}

/** What is asked of the server. Days are whole ones, so that the same question is asked all day. */
export function libraryQuery(search: LibrarySearch, now = Date.now()) {
  const { q, show, stars, provider, kind, project, days, sort } = search;
  return {
    ...(q ? { search: q } : {}),
    ...(show === "picks" ? { picked: true } : {}),
    ...(show === "rejected" ? { rejected: true } : {}),
    ...(show === "4k" ? { upscaled: true } : {}),
    ...(stars ? { min_rating: stars } : {}),
    ...(provider ? { provider } : {}),
    ...(kind ? { kind } : {}),
    ...(project ? { project } : {}),
    ...(days ? { since: new Date(Math.floor(now / DAY) * DAY - (days - 1) * DAY).toISOString() } : {}),
    ...(sort ? { sort } : {}),
  };
}
