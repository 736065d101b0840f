import type { JobStatus } from "@/api";

export const JOB_STATES = ["processing", "paused", "pending", "completed", "failed", "cancelled"] as const;

/** The id of a project, or none. */
const PROJECT = /^(none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What the address says of the list of jobs, so that a reload and a bookmark show the same. */
export type HistorySearch = { q?: string; status?: JobStatus; project?: string; page?: number };

/** Read it; what is not understood is left out. */
export function historySearch(search: Record<string, unknown>): HistorySearch {
  const found: HistorySearch = {};
  const page = Number(search.page);
  const status = JOB_STATES.find((each) => each === search.status);
  if (search.q !== undefined && String(search.q).trim()) found.q = String(search.q).slice(0, 200);
  if (status) found.status = status;
  if (typeof search.project === "string" && PROJECT.test(search.project)) found.project = search.project;
  if (Number.isInteger(page) && page > 1) found.page = page;
  return found;
}
