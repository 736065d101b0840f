import { describe, expect, test } from "vitest";
import { ago, bytes, clock, duration, money, percent, plural, words } from "@/lib/format";

describe("durations", () => {
  test.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [60, "1 min"],
    [89, "1 min"],
    [3600, "1 h"],
    [7799, "2 h 10 min"],
    [7199, "2 h"],
    [-3, "0 s"],
  ])("%d seconds are written %s", (seconds, written) => expect(duration(seconds)).toBe(written));
});

test.each([
  [0, "0:00.0"],
  [4.04, "0:04.0"],
  [59.96, "1:00.0"],
  [75.5, "1:15.5"],
])("the place %d in a clip is written %s", (seconds, written) => expect(clock(seconds)).toBe(written));

test.each([
  [999, "999 B"],
  [999_600, "1.0 MB"],
  [2_430_000, "2.4 MB"],
  [12_400_000, "12 MB"],
  [2_000_000_000, "2.0 GB"],
])("%d bytes are written %s", (value, written) => expect(bytes(value)).toBe(written));

test.each([
  [0, "$0.00"],
  [0.0004, "$0.0004"],
  [0.125, "$0.13"],
  [1204.5, "$1,204.50"],
])("%d dollars are written %s", (value, written) => expect(money(value)).toBe(written));

test("progress says 100% only at the end", () => {
  expect(percent(99.96)).toBe("99%");
  expect(percent(100)).toBe("100%");
});

test("one thing is one, several are many", () => {
  expect(plural(1, "video")).toBe("1 video");
  expect(plural(1204, "video")).toBe("1,204 videos");
});

test("moments near now are told by their distance, others by their date", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(ago("2026-11-21T11:59:50Z", now)).toBe("just now");
  expect(ago("2026-11-21T11:57:00Z", now)).toBe("3 min. ago");
  expect(ago("2026-11-20T12:00:00Z", now)).toBe("yesterday");
  expect(ago("2026-05-02T12:00:00Z", now)).toBe("May 2");
  expect(ago("2025-05-02T12:00:00Z", now)).toBe("May 2, 2025");
});

test("names of options are told in words", () => {
  expect(words("push_in")).toBe("Push in");
  expect(words("Duration Seconds")).toBe("Duration seconds");
  expect(words("HDR Mode")).toBe("HDR mode");
});
