import { expect, test } from "vitest";
import type { JobView, ProviderView } from "@/api";
import {
  defaultsOf,
  estimate,
  fromSettings,
  moveTo,
  plannedShots,
  takePrice,
  toBody,
} from "@/lib/batch-settings";

function provider(id: string, aspects: string[], price: Record<string, string>): ProviderView {
  return {
    id,
    title: id,
    modes: ["image_to_video"],
    models: [{ id: `${id}-1`, title: id, price_per_second: price, typical_seconds: 10, shutdown_date: null }],
    options: {
      properties: {
        aspect_ratio: { default: aspects[0], enum: aspects, type: "string" },
        resolution: { default: "720p", enum: ["720p", "1080p"], type: "string" },
        duration_seconds: { default: 4, enum: [4, 8], type: "integer" },
      },
    },
    max_outputs: 2,
    max_prompt_chars: 2000,
    concurrency: 4,
    service: id,
    service_title: id,
  };
}

const one = provider("one", ["16:9", "9:16"], { "*": "0.01" });
const two = provider("two", ["9:16", "1:1"], { "720p": "0.05" });

test("another provider keeps what it can do, and takes its own default for the rest", () => {
  const before = {
    ...defaultsOf(one),
    negative: "blur",
    options: { ...defaultsOf(one).options, duration_seconds: 8 },
  };
  const after = moveTo(two, before);
  expect(after).toMatchObject({ provider: "two", model: "two-1", negative: "blur" });
  expect(after.options).toEqual({ aspect_ratio: "9:16", resolution: "720p", duration_seconds: 8 });
});

test("empty fields are not sent", () => {
  expect(toBody(defaultsOf(one))).toEqual({
    provider: "one",
    model: "one-1",
    outputs: 2,
    allow_text_only: false,
    aspect_ratio: "16:9",
    resolution: "720p",
    duration_seconds: 4,
  });
  expect(toBody({ ...defaultsOf(one), seed: 0, negative: " fog " })).toMatchObject({
    seed: 0,
    negative_prompt: "fog",
  });
});

test("a take costs its seconds at the price of its resolution, else at the price of all", () => {
  expect(takePrice(one, one.models[0], { resolution: "1080p", duration_seconds: 8 })).toBeCloseTo(0.08);
  expect(takePrice(two, two.models[0], { resolution: "720p", duration_seconds: 4 })).toBeCloseTo(0.2);
  expect(takePrice(two, two.models[0], { resolution: "1080p", duration_seconds: 4 })).toBeNull();
  const free = provider("free", ["16:9"], { "*": "0" });
  expect(takePrice(free, free.models[0], { duration_seconds: 4 })).toBe(0);
  expect(takePrice({ ...free, needs: "key" }, free.models[0], { duration_seconds: 4 })).toBeNull();
});

test("an estimate counts takes, dollars, and rounds of what may run at once", () => {
  const { videos, dollars, seconds } = estimate(one, defaultsOf(one), 3);
  expect(videos).toBe(6);
  expect(dollars).toBeCloseTo(0.24);
  expect(seconds).toBe(20);
});

test("prompts without an image are shots only where they may be", () => {
  const job = (allow_text_only: boolean) =>
    ({ settings: { allow_text_only }, total_images: 2, total_prompts: 3 }) as unknown as JobView;
  expect(plannedShots(job(false))).toBe(2);
  expect(plannedShots(job(true))).toBe(3);
});

test("settings of a job or a preset become a form again; what is not possible any more is as by default", () => {
  const wanted = { ...defaultsOf(two), negative: "fog", seed: 7, textOnly: true };
  expect(fromSettings({ ...toBody(wanted) }, [one, two])).toEqual(wanted);
  const stored = {
    provider: "two",
    model: "gone",
    outputs: 9,
    options: { aspect_ratio: "1:1", unknown: 3 },
  };
  const again = fromSettings(stored, [one, two]);
  expect(again).toMatchObject({ model: "two-1", outputs: 2, seed: null, textOnly: false });
  expect(again?.options).toEqual({ ...defaultsOf(two).options, aspect_ratio: "1:1" });
  expect(fromSettings({ provider: "gone" }, [one])).toBeNull();
});
