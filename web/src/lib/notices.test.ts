import { afterEach, expect, test, vi } from "vitest";
import type { NeedView } from "@/api";
import { hasEnded, mayNeed, needKey, newNeeds, noticeState } from "@/lib/notices";

const NEED: NeedView = {
  job_id: "j1",
  job_name: "Winter",
  account: null,
  sign_in: null,
  kind: "failed",
  error_type: "policy_violation",
  waiting_for: null,
  next_actor: "prompt",
  next_step: "Change the prompt or the image, then make it again.",
  count: 1,
  message: "Refused.",
  provider: "omni",
  job_ended_at: null,
};

afterEach(() => {
  vi.unstubAllGlobals();
});

test("more of the same is no news, another reason or job is", () => {
  const told = new Set([needKey(NEED)]);
  const other = { ...NEED, job_id: "j2" };
  const waits = { ...NEED, kind: "waiting", error_type: "auth", waiting_for: "person" } as const;
  expect(newNeeds(told, [{ ...NEED, count: 7 }, other, waits])).toEqual([other, waits]);
});

test("a job that was cancelled did not end by itself; a video never ends a job", () => {
  expect(hasEnded({ type: "job", job_id: "j1", status: "completed" })).toBe(true);
  expect(hasEnded({ type: "job", job_id: "j1", status: "failed" })).toBe(true);
  expect(hasEnded({ type: "job", job_id: "j1", status: "cancelled" })).toBe(false);
  expect(hasEnded({ type: "video", job_id: "j1", status: "completed" })).toBe(false);
});

test("a pause, a failed or waiting video and an account may need somebody; progress does not", () => {
  expect(mayNeed({ type: "job", job_id: "j1", status: "paused" })).toBe(true);
  expect(mayNeed({ type: "video", job_id: "j1", status: "waiting" })).toBe(true);
  expect(mayNeed({ type: "credential", status: "needs_auth" })).toBe(true);
  expect(mayNeed({ type: "video", job_id: "j1", status: "generating" })).toBe(false);
  expect(mayNeed({ type: "job", job_id: "j1", status: "processing" })).toBe(false);
});

test("they are on only where the browser may, the page is trusted and somebody wanted them", () => {
  const browser = (permission: string, wanted: string | null, isSecureContext = true) => {
    const Notification = { permission };
    vi.stubGlobal("window", { Notification });
    vi.stubGlobal("Notification", Notification);
    vi.stubGlobal("isSecureContext", isSecureContext);
    vi.stubGlobal("localStorage", { getItem: () => wanted });
    return noticeState();
  };
  expect(browser("granted", "on")).toBe("on");
  expect(browser("granted", null)).toBe("off");
  expect(browser("default", "on")).toBe("off");
  expect(browser("denied", "on")).toBe("denied");
  expect(browser("granted", "on", false)).toBe("unable");
  vi.stubGlobal("window", {});
  expect(noticeState()).toBe("unable");
});
