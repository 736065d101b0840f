import { describe, expect, it } from "vitest";
import type { UpscaleView, VideoView } from "@/api";
import { endOf, ofThese, upscalable } from "./upscale-tasks";

const video = (video_id: string, more: Partial<VideoView> = {}) =>
  ({ video_id, status: "completed", upscaled: false, ...more }) as VideoView;
const task = (status: UpscaleView["status"], ...videos: UpscaleView["videos"]) =>
  ({ task_id: "t", status, videos }) as UpscaleView;
const one = (video_id: string, status: UpscaleView["status"]) => ({
  video_id,
  status,
  progress: 0,
  error: null,
});

describe("4K copies", () => {
  it("are those of the videos in sight, whoever asked for them", () => {
    const ours = task("running", one("a", "running"), one("x", "queued"));
    const theirs = task("running", one("y", "running"));
    expect(ofThese([ours, theirs], new Map([["a", video("a")]]))).toEqual([ours]);
  });
  it("end as made or failed; what was stopped is neither", () => {
    const mixed = [one("a", "completed"), one("b", "failed"), one("c", "cancelled")];
    expect(endOf(task("completed", ...mixed))).toEqual({ made: 1, failed: 1 });
    expect(endOf(task("cancelled", one("a", "completed"), one("b", "cancelled")))).toEqual({
      made: 0,
      failed: 0,
    });
  });
  it("are made of what is finished and has none", () => {
    const there = [video("a"), video("b", { upscaled: true }), video("c", { status: "failed" })];
    expect(upscalable(there).map((each) => each.video_id)).toEqual(["a"]);
  });
});
