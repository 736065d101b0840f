import { expect, test } from "vitest";
import type { VideoView } from "@/api";
import { filename } from "@/lib/download";
import { historySearch } from "@/lib/history-search";
import { byShot, failedAlike } from "@/lib/shots";
import { isRetryable, passes, tally } from "@/lib/take-filter";

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
  expect(tally(all)).toEqual({ all: 5, completed: 1, selected: 1, going: 2, waiting: 1, failed: 1 });
  expect(all.filter((each) => passes(each, "going")).map((each) => each.video_id)).toEqual(["b", "c"]);
});

test("a retry of the job leaves alone what may have been paid, and what is on its way", () => {
  const all = [
    video("a", "1", { status: "failed" }),
    video("b", "1", { status: "waiting", waiting_for: "person" }),
    video("c", "1", { status: "waiting", waiting_for: "uncertain" }),
    video("d", "1", { status: "generating" }),
    video("e", "1"),
  ];
  expect(all.filter(isRetryable).map((each) => each.video_id)).toEqual(["a", "b"]);
});

test("the name of a download is the server's, in any script", () => {
  const both = "attachment; filename=\"Ubung.zip\"; filename*=UTF-8''%C3%9Cbung.zip";
  expect(filename(both, "x.zip")).toBe("Übung.zip");
  expect(filename('attachment; filename="plain.zip"', "x.zip")).toBe("plain.zip");
  expect(filename("", "x.zip")).toBe("x.zip");
});

test("of an address only what is understood is kept", () => {
  expect(historySearch({ q: "fox", status: "failed", page: "3", other: 1 })).toEqual({
    q: "fox",
    status: "failed",
    page: 3,
  });
  expect(historySearch({ q: " ", status: "great", page: "0" })).toEqual({});
});
