import { expect, test } from "vitest";
import type { NeedView } from "@/api";
import { needFilter, needTitle } from "@/lib/needs";

const need = (change: Partial<NeedView>) =>
  ({ kind: "failed", count: 3, error_type: "timeout", waiting_for: null, ...change }) as NeedView;

test.each([
  [need({ error_type: "minors", next_actor: "prompt" }), "3 takes refused", "refused"],
  [need({}), "3 videos failed", "failed"],
  [need({ kind: "waiting", waiting_for: "person", count: 1 }), "1 video needs you", "waiting"],
  [need({ kind: "stalled", waiting_for: "cool_down" }), "3 videos can't start", "going"],
  [need({ kind: "waiting", waiting_for: "uncertain" }), "3 videos need a decision", "waiting"],
  [
    need({ kind: "waiting", waiting_for: "uncertain", submission_id: "7d3c" }),
    "A paid call needs your decision",
    "waiting",
  ],
  [need({ kind: "account", count: 0, error_type: "auth" }), "Flow sign-in needs you", "all"],
  [need({ kind: "paused", count: 0, error_type: "disk_full" }), "Paused", "all"],
])("a need is told in words and leads to what it is about", (given, title, filter) => {
  expect([needTitle(given), needFilter(given)]).toEqual([title, filter]);
});
