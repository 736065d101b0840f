import { expect, test } from "vitest";
import type { VideoView } from "@/api";
import { isRetryable, passes, tally } from "@/lib/take-filter";
import { byShot, failedAlike } from "./shots";

const NONE: ReadonlySet<string> = new Set();

function video(id: string, shot: string, change: Partial<VideoView> = {}): VideoView {
  const base = { status: "completed", selected: false, prompt_text: "A fox", prompt_number: 1 };
  return { video_id: id, shot_id: shot, ...base, ...change } as VideoView;
}

test("takes are grouped by shot and keep their order", () => {
  const shots = byShot([video("a", "1"), video("b", "1"), video("c", "2"), video("d", "1")]);
  expect(shots.map((shot) => shot.takes.map((take) => take.video_id).join(""))).toEqual(["abd", "c"]);
});

test("one new prompt replaces the failed takes of a shot that had the same words", () => {
  const failed = video("a", "1", { status: "failed" });
  const all = [
    failed,
    video("b", "1", { status: "failed" }),
    video("c", "1", { status: "failed", prompt_text: "Another" }),
    video("d", "1"),
    video("e", "2", { status: "failed" }),
  ];
  expect(failedAlike(all, failed).map((each) => each.video_id)).toEqual(["a", "b"]);
});

test("each filter counts what it shows", () => {
  const all = [
    video("a", "1", { selected: true }),
    video("b", "1", { status: "queued" }),
    video("c", "1", { status: "generating" }),
    video("d", "1", { status: "cancelled" }),
    video("e", "1", { status: "waiting" }),
  ];
  expect(tally(all, NONE)).toEqual({
    all: 5,
    completed: 1,
    selected: 1,
    undecided: 1,
    rejected: 0,
    going: 2,
    waiting: 1,
    failed: 1,
    refused: 0,
  });
  expect(all.filter((each) => passes(each, "going", NONE)).map((each) => each.video_id)).toEqual(["b", "c"]);
});

test("a retry of the job leaves alone what may have been paid, and what is on its way", () => {
  const all = [
    video("a", "1", { status: "failed" }),
    video("b", "1", { status: "waiting", waiting_for: "person" }),
    video("c", "1", { status: "waiting", waiting_for: "uncertain" }),
    video("d", "1", { status: "generating" }),
    video("e", "1"),
    video("f", "1", { status: "failed", next_actor: "prompt" }),
  ];
  expect(all.filter(isRetryable).map((each) => each.video_id)).toEqual(["a", "b"]);
});

test("refused is what only another prompt or image can mend", () => {
  const all = [
    video("a", "1", { status: "failed", next_actor: "prompt" }),
    video("b", "1", { status: "failed", next_actor: "user" }),
    video("c", "1", { status: "queued", next_actor: "clock" }),
  ];
  expect(all.filter((each) => passes(each, "refused", NONE)).map((each) => each.video_id)).toEqual(["a"]);
});

test("a refused take is not counted as failed too", () => {
  const all = [
    video("a", "1", { status: "failed", next_actor: "prompt" }),
    video("b", "1", { status: "failed" }),
  ];
  expect(all.filter((each) => passes(each, "failed", NONE)).map((each) => each.video_id)).toEqual(["b"]);
});

test("takes of decided shots are not shown as undecided", () => {
  const all = [video("a", "1"), video("b", "2"), video("c", "2", { rejected: true })];
  const undecided = all.filter((each) => passes(each, "undecided", new Set(["1"])));
  expect(undecided.map((each) => each.video_id)).toEqual(["b", "c"]);
  expect(tally(all, new Set(["1"]))).toMatchObject({ undecided: 2, rejected: 1 });
});
