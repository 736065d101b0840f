// What the studio asks for: the form, what a provider lets one choose in it, and what is sent.
import type { Generation, Mode, Operation, ProviderView, VideoView } from "@/api";
import { takePrice } from "@/lib/batch-settings";
import { fieldsOf } from "@/lib/schema";

export const ASPECTS = ["16:9", "9:16"] as const;
export const RESOLUTIONS = ["720p", "1080p"] as const;
export const DURATIONS = ["4", "6", "8"] as const;

export type StudioForm = {
  mode: "text" | "image";
  prompt: string;
  negative: string;
  aspect: (typeof ASPECTS)[number];
  resolution: (typeof RESOLUTIONS)[number];
  duration: (typeof DURATIONS)[number];
  /** Empty: the server chooses. */
  provider: string;
  /** Empty: the provider's default. */
  model: string;
  /** How many videos of one press. */
  count: number;
  /** Digits, or empty for a new one each time. */
  seed: string;
};

export const COUNTS = ["1", "2", "3", "4"] as const;

/** What an image-to-video starts from: a file, or the last frame of a video. */
export type Start = { kind: "file"; file: File } | { kind: "video"; id: string; picture: string };

export const FIRST: StudioForm = {
  mode: "text",
  prompt: "",
  negative: "",
  aspect: "16:9",
  resolution: "720p",
  duration: "4",
  provider: "",
  model: "",
  count: 1,
  seed: "",
};

/** The images of a video besides its first one. */
export type MoreImages = { last: File | null; references: readonly File[] };

export const NO_MORE: MoreImages = { last: null, references: [] };

const OPTIONS = { aspect: "aspect_ratio", resolution: "resolution", duration: "duration_seconds" } as const;

/** Which of the values a provider can do; all of them when none is named or it does not say. */
export function possible<T extends string>(
  provider: ProviderView | undefined,
  name: keyof typeof OPTIONS,
  values: readonly T[],
): readonly T[] {
  const option = (provider?.options.properties as Record<string, Record<string, unknown>> | undefined)?.[
    OPTIONS[name]
  ];
  if (!provider || !option) return values;
  if ("const" in option) return values.filter((each) => each === String(option.const));
  const field = fieldsOf(provider.options).find((each) => each.name === OPTIONS[name]);
  if (field?.kind === "choice")
    return values.filter((each) => field.choices.some((known) => String(known) === each));
  if (field?.kind === "number")
    return values.filter(
      (each) => Number(each) >= (field.min ?? 0) && Number(each) <= (field.max ?? Number.POSITIVE_INFINITY),
    );
  return values;
}

/** The form as this provider can do it: what it cannot becomes the first that it can. */
export function fitTo(form: StudioForm, provider: ProviderView | undefined): StudioForm {
  const pick = <T extends string>(name: keyof typeof OPTIONS, values: readonly T[], value: T): T => {
    const can = possible(provider, name, values);
    return can.includes(value) ? value : (can[0] ?? value);
  };
  return {
    ...form,
    aspect: pick("aspect", ASPECTS, form.aspect),
    resolution: pick("resolution", RESOLUTIONS, form.resolution),
    duration: pick("duration", DURATIONS, form.duration),
  };
}

/** Providers that can make one at all with these shapes and lengths. */
export function usable(providers: readonly ProviderView[]): ProviderView[] {
  return providers.filter((each) => possible(each, "duration", DURATIONS).length > 0);
}

/** What the video starts from, in the API's words: it decides who can make it. */
export function modeOf(form: StudioForm, more: MoreImages): Mode {
  if (form.mode === "text") return "text_to_video";
  if (more.references.length > 0) return "references";
  return more.last ? "first_last_frame" : "image_to_video";
}

/** Whether a provider takes such a video; every one counts as able while none is chosen. */
export function takes(provider: ProviderView | undefined, mode: Mode): boolean {
  return !provider || provider.modes.includes(mode);
}

/** What is sent. What is made here is kept. The start image goes beside it. */
export function toGeneration(form: StudioForm): Generation {
  const negative = form.negative.trim();
  return {
    prompt: form.prompt.trim(),
    aspect_ratio: form.aspect,
    resolution: form.resolution,
    duration: form.duration,
    ...(negative ? { negative_prompt: negative } : {}),
    ...(form.provider ? { provider: form.provider } : {}),
    ...(form.provider && form.model ? { model: form.model } : {}),
    ...(/^\d+$/.test(form.seed) ? { seed: Number(form.seed) } : {}),
    keep: true,
  };
}

type FormFacts = Pick<
  Operation,
  "mode" | "prompt" | "negative_prompt" | "aspect_ratio" | "resolution" | "duration" | "provider" | "model"
>;

/** The form that an earlier video was made from; what the form does not know stays as it is. */
export function formOf(operation: FormFacts, before: StudioForm): StudioForm {
  const known = <T extends string>(values: readonly T[], value: string, otherwise: T): T =>
    values.find((each) => each === value) ?? otherwise;
  return {
    mode: operation.mode === "image_to_video" ? "image" : "text",
    prompt: operation.prompt,
    negative: operation.negative_prompt ?? "",
    aspect: known(ASPECTS, operation.aspect_ratio, before.aspect),
    resolution: known(RESOLUTIONS, operation.resolution, before.resolution),
    duration: known(DURATIONS, operation.duration, before.duration),
    provider: operation.provider,
    model: operation.model,
    count: 1,
    seed: "",
  };
}

/** The same for a take of any job: its options are those of its provider. */
export function formOfTake(take: VideoView, before: StudioForm): StudioForm {
  const option = (name: string) => String(take.options[name] ?? "");
  return formOf(
    {
      mode: take.image_url ? "image_to_video" : "text_to_video",
      prompt: take.prompt_text,
      negative_prompt: take.negative_prompt,
      aspect_ratio: option("aspect_ratio"),
      resolution: option("resolution"),
      duration: option("duration_seconds"),
      provider: take.provider,
      model: take.model,
    },
    before,
  );
}

/** US dollars of one; null when it is not known. */
export function priceOf(form: StudioForm, provider: ProviderView | undefined): number | null {
  const options = { resolution: form.resolution, duration_seconds: Number(form.duration) };
  const model = provider?.models.find((each) => each.id === form.model) ?? provider?.models[0];
  return takePrice(provider, model, options);
}

const KEY = "rushes.studio";

/** The form as it was left; a draft is not lost when the page is. */
export function keptForm(): StudioForm {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return readForm(kept);
  } catch {
    return FIRST; // somebody else's text, or no storage
  }
}

/** A form out of anything: what is not understood is as at first. */
export function readForm(kept: unknown): StudioForm {
  if (typeof kept !== "object" || kept === null) return FIRST;
  const given = kept as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const one = <T extends string>(name: string, values: readonly T[], otherwise: T): T =>
    values.find((each) => each === String(given[name])) ?? otherwise;
  return {
    mode: one("mode", ["text", "image"], FIRST.mode),
    prompt: text("prompt"),
    negative: text("negative"),
    aspect: one("aspect", ASPECTS, FIRST.aspect),
    resolution: one("resolution", RESOLUTIONS, FIRST.resolution),
    duration: one("duration", DURATIONS, FIRST.duration),
    provider: text("provider"),
    model: text("model"),
    count: Number(one("count", COUNTS, "1")),
    seed: text("seed"),
  };
}

export function keepForm(form: StudioForm): void {
  localStorage.setItem(KEY, JSON.stringify(form));
}
