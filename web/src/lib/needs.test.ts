import { expect, test } from "vitest";
import type { JobView } from "@/api";
import { needs } from "@/lib/needs";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function job(name: string, change: Partial<JobView>): JobView {
  const nothing = { waiting_videos: 0, failed_videos: 0, error_summary: [], paused_by: null, ended_at: null };
  return { job_id: name, job_name: name, status: "processing", ...nothing, ...change } as JobView;
}

const told = (jobs: JobView[]) => needs(jobs, NOW).map(({ job, kind }) => `${job.job_name}: ${kind}`);

test("what waits comes first, then faults, then failures; a job may need two things", () => {
  const jobs = [
    job("a", { failed_videos: 2 }),
    job("b", { status: "paused", paused_by: "disk_full", pause_reason: "The disk is full." }),
    job("c", { waiting_videos: 1, failed_videos: 1 }),
    job("d", {}),
  ];
  expect(told(jobs)).toEqual(["c: waiting", "b: paused", "a: failed", "c: failed"]);
});

test("a pause of the user's own needs nobody", () => {
  expect(told([job("a", { status: "paused", paused_by: "user" })])).toEqual([]);
});

test("failures of last month are history", () => {
  const failed = { status: "completed", failed_videos: 3 } as const;
  expect(told([job("a", { ...failed, ended_at: "2026-10-10T00:00:00Z" })])).toEqual([]);
  expect(told([job("a", { ...failed, ended_at: "2026-11-20T00:00:00Z" })])).toEqual(["a: failed"]);
});

test("each line has its own reasons, each once", () => {
  const summary = [
    { error_type: "auth", count: 1, message: "Sign in.", waiting_for: "person" },
    { error_type: "policy_violation", count: 1, message: "Refused.", waiting_for: null },
    { error_type: "copyright", count: 1, message: "Refused.", waiting_for: null },
  ] as const;
  const found = needs([job("a", { waiting_videos: 1, failed_videos: 2, error_summary: [...summary] })], NOW);
  expect(found.map((each) => each.reason)).toEqual(["Sign in.", "Refused."]);
});
