import type { StoryStatus } from "@/api";

/** What the list is narrowed to, as the address has it. */
export type ListSearch = { q?: string; status?: StoryStatus; project?: string };

const STATES: readonly string[] = [
  "draft",
  "running",
  "waiting",
  "review",
  "completed",
  "failed",
  "cancelled",
] satisfies StoryStatus[];

/** Read it from an address, whatever that says. */
export function listSearch({ q, status, project }: Record<string, unknown>): ListSearch {
  return {
    ...(typeof q === "string" && q ? { q } : {}),
    ...(typeof status === "string" && STATES.includes(status) ? { status: status as StoryStatus } : {}),
    ...(typeof project === "string" && project ? { project } : {}),
  };
}
