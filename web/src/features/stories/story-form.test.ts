import { expect, test } from "vitest";
import { FIRST, generatedBy, settingsOf, toBody } from "./story-form";

test("pictures from free libraries fall back to title cards", () => {
  const settings = settingsOf({ ...FIRST, pictures: "web" }, ["commons", "openverse"]);
  expect(settings?.pictures).toMatchObject({ sources: ["commons", "openverse", "card"], generated: "" });
});

test("a generator is named, and cards stand in where it fails", () => {
  const settings = settingsOf({ ...FIRST, pictures: generatedBy("gemini_picture") }, []);
  expect(settings?.pictures).toMatchObject({ sources: ["generated", "card"], generated: "gemini_picture" });
});

test("what is left open is not sent, so that the server chooses", () => {
  const body = toBody("  Rice  ", FIRST, []);
  expect(body.text).toBe("Rice");
  expect(body.settings).not.toHaveProperty("script");
  expect(body.settings).not.toHaveProperty("budget");
  expect(body.settings?.voice).toEqual({ speed: 1 });
});

test("a voice is sent with who speaks it", () => {
  const body = toBody("Rice", { ...FIRST, voiceProvider: "espeak", voice: "de", speed: 1.2 }, []);
  expect(body.settings?.voice).toEqual({ provider: "espeak", voice: "de", speed: 1.2 });
});
