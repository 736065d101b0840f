import { describe, expect, it } from "vitest";
import type { Operation, ProviderView } from "@/api";
import { readHistory, remember } from "./prompt-history";
import {
  DURATIONS,
  FIRST,
  fitTo,
  formOf,
  modeOf,
  NO_MORE,
  possible,
  priceOf,
  RESOLUTIONS,
  readForm,
  toGeneration,
  usable,
} from "./studio-form";

const provider = (properties: Record<string, unknown>): ProviderView => ({
  id: "acme",
  title: "Acme",
  service: "acme",
  service_title: "Acme",
  modes: ["text_to_video"],
  models: [
    {
      id: "acme-1",
      title: "Acme 1",
      price_per_second: { "720p": "0.10" },
      typical_seconds: 60,
      shutdown_date: null,
    },
  ],
  options: { properties },
  max_outputs: 1,
  max_prompt_chars: 2000,
  concurrency: 1,
});
const acme = provider({
  resolution: { const: "720p" },
  duration_seconds: { enum: [6, 8, 10], type: "integer" },
});

describe("what a provider can do", () => {
  it("is all when none is named", () => {
    expect(possible(undefined, "duration", DURATIONS)).toEqual(["4", "6", "8"]);
  });
  it("is what its options say: a list, one value, a range", () => {
    expect(possible(acme, "duration", DURATIONS)).toEqual(["6", "8"]);
    expect(possible(acme, "resolution", RESOLUTIONS)).toEqual(["720p"]);
    const ranged = provider({ duration_seconds: { type: "integer", minimum: 1, maximum: 6 } });
    expect(possible(ranged, "duration", DURATIONS)).toEqual(["4", "6"]);
  });
  it("changes only what it cannot do", () => {
    const asked = { ...FIRST, resolution: "1080p", duration: "4", aspect: "9:16" } as const;
    expect(fitTo(asked, acme)).toEqual({ ...asked, resolution: "720p", duration: "6" });
  });
  it("leaves out who can do no length that can be asked for", () => {
    const short = provider({ duration_seconds: { enum: [1, 2], type: "integer" } });
    expect(usable([acme, short])).toEqual([acme]);
  });
});

describe("what is sent", () => {
  it("has no empty words", () => {
    expect(toGeneration({ ...FIRST, prompt: " a fox ", negative: "  " })).toEqual({
      prompt: "a fox",
      aspect_ratio: "16:9",
      resolution: "720p",
      duration: "4",
      keep: true,
    });
  });
  it("names a model only with its provider, and a seed only in digits", () => {
    const asked = { ...FIRST, prompt: "a", model: "acme-2", seed: "x" };
    expect(toGeneration(asked)).not.toHaveProperty("model");
    expect(toGeneration(asked)).not.toHaveProperty("seed");
    expect(toGeneration({ ...asked, provider: "acme", seed: "7" })).toMatchObject({
      model: "acme-2",
      seed: 7,
    });
  });
  it("starts from what is given", () => {
    const image = { ...FIRST, mode: "image" } as const;
    const file = new File([], "a.png");
    expect(modeOf(FIRST, { last: file, references: [file] })).toBe("text_to_video");
    expect(modeOf(image, NO_MORE)).toBe("image_to_video");
    expect(modeOf(image, { last: file, references: [] })).toBe("first_last_frame");
    expect(modeOf(image, { last: file, references: [file] })).toBe("references");
  });
  it("costs what the catalogue says, when it says", () => {
    expect(priceOf({ ...FIRST, duration: "8" }, acme)).toBeCloseTo(0.8);
    expect(priceOf({ ...FIRST, resolution: "1080p" }, acme)).toBeNull();
    expect(priceOf(FIRST, undefined)).toBeNull();
  });
});

describe("an earlier video", () => {
  it("becomes a form again; what the form does not know stays", () => {
    const operation = {
      mode: "image_to_video",
      prompt: "a fox",
      negative_prompt: null,
      aspect_ratio: "9:16",
      resolution: "4k",
      duration: "8",
      provider: "acme",
      model: "acme-1",
    } as Operation;
    const before = { ...FIRST, resolution: "1080p" } as const;
    expect(formOf(operation, before)).toEqual({
      mode: "image",
      prompt: "a fox",
      negative: "",
      aspect: "9:16",
      resolution: "1080p",
      duration: "8",
      provider: "acme",
      model: "acme-1",
      count: 1,
      seed: "",
    });
  });
});

describe("what is kept in the browser", () => {
  it("may be anything", () => {
    expect(readForm(null)).toEqual(FIRST);
    expect(readForm({ prompt: 3, duration: "5", aspect: "9:16" })).toEqual({ ...FIRST, aspect: "9:16" });
    expect(readHistory({ 0: "a" })).toEqual([]);
    expect(readHistory(["a", 1, "b"])).toEqual(["a", "b"]);
  });
  it("has each prompt once, the last first, and not for ever", () => {
    expect(remember(["a", "b"], "b")).toEqual(["b", "a"]);
    const many = Array.from({ length: 40 }, (_, n) => `${n}`).reduce<string[]>(remember, []);
    expect(many).toHaveLength(30);
    expect(many[0]).toBe("39");
  });
});
