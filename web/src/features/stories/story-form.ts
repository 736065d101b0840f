// What a new story is asked with: the form, how it is remembered, and what is sent.
import type { StoryBody } from "@/api";

export const SHAPES = ["9:16", "16:9", "1:1", "4:5"] as const;
export const LENGTHS = ["30", "60", "120", "180", "300"] as const;
export type Review = "none" | "script" | "pictures" | "all";

export type StoryForm = {
  language: string;
  length: string;
  shape: (typeof SHAPES)[number];
  style: string;
  audience: string;
  tone: string;
  /** Empty: chosen by the server. */
  script: string;
  voiceProvider: string;
  voice: string;
  speed: number;
  /** `card`, `web`, or `generate:PROVIDER`. */
  pictures: string;
  /** `still`, `auto`, or the id of a video provider. */
  scenes: string;
  music: "bed" | "off";
  budget: string;
  project: string | null;
};

export const FIRST: StoryForm = {
  language: "en",
  length: "60",
  shape: "9:16",
  style: "",
  audience: "",
  tone: "",
  script: "",
  voiceProvider: "",
  voice: "",
  speed: 1,
  pictures: "card",
  scenes: "still",
  music: "bed",
  budget: "",
  project: null,
};

const GENERATE = "generate:";
const KEY = "rushes.story-form";

/** The fields of the document that the form decides. `searched`: the libraries that can be asked. */
export function settingsOf(form: StoryForm, searched: readonly string[]): StoryBody["settings"] {
  const generator = form.pictures.startsWith(GENERATE) ? form.pictures.slice(GENERATE.length) : "";
  const sources = generator
    ? ["generated", "card"]
    : form.pictures === "web"
      ? [...searched, "card"]
      : ["card"];
  return {
    language: form.language,
    target_seconds: Number(form.length),
    shape: form.shape,
    style: form.style.trim(),
    audience: form.audience.trim(),
    tone: form.tone.trim(),
    ...(form.script ? { script: { provider: form.script } } : {}),
    voice: {
      speed: form.speed,
      ...(form.voiceProvider ? { provider: form.voiceProvider, voice: form.voice } : {}),
    },
    pictures: { sources, generated: generator, suffix: form.style.trim() },
    scenes: { source: form.scenes },
    music: { kind: form.music },
    ...(Number(form.budget) > 0 ? { budget: form.budget.trim() } : {}),
  };
}

/** What is sent for a story with this text. */
export function toBody(text: string, form: StoryForm, searched: readonly string[]): StoryBody {
  return { text: text.trim(), settings: settingsOf(form, searched), project_id: form.project };
}

/** The value of `pictures` that has them made by a provider. */
export const generatedBy = (provider: string): string => `${GENERATE}${provider}`;

/** The form as it was used last. What is not known any more is as in a new one. */
export function keptForm(): StoryForm {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>;
    const known = Object.entries(FIRST).filter(
      ([name, value]) => name in kept && (value === null || typeof kept[name] === typeof value),
    );
    return { ...FIRST, ...Object.fromEntries(known.map(([name]) => [name, kept[name]])), budget: "" };
  } catch {
    return FIRST; // not ours, or not readable
  }
}

export function keepForm(form: StoryForm): void {
  localStorage.setItem(KEY, JSON.stringify(form));
}
