// The settings of a new job, and what they will cost.
import type { JobSettings, JobView, ModelView, ProviderView } from "@/api";
import { fieldsOf, filled, initialValues, type OptionValues } from "@/lib/schema";

export type BatchSettings = {
  provider: string;
  model: string;
  outputs: number;
  negative: string;
  seed: number | null;
  textOnly: boolean;
  options: OptionValues;
};

/** A provider's own defaults. */
export function defaultsOf(provider: ProviderView): BatchSettings {
  return {
    provider: provider.id,
    model: provider.models[0]?.id ?? "",
    outputs: Math.min(2, provider.max_outputs),
    negative: "",
    seed: null,
    textOnly: false,
    options: initialValues(fieldsOf(provider.options)),
  };
}

/** Another provider: what both know stays, if it is possible there. */
export function moveTo(provider: ProviderView, before: BatchSettings): BatchSettings {
  const fresh = defaultsOf(provider);
  const options = { ...fresh.options };
  for (const field of fieldsOf(provider.options)) {
    const old = before.options[field.name];
    if (field.kind === "choice" && field.choices.some((each) => each === old))
      options[field.name] = old ?? null;
  }
  const { negative, seed, textOnly } = before;
  const outputs = Math.min(before.outputs, provider.max_outputs);
  return { ...fresh, outputs, negative, seed, textOnly, options };
}

/** As the API takes them. */
export function toBody(settings: BatchSettings): JobSettings {
  const { provider, model, outputs, negative, seed, textOnly, options } = settings;
  return {
    ...filled(options),
    provider,
    outputs,
    allow_text_only: textOnly,
    ...(model ? { model } : {}),
    ...(negative.trim() ? { negative_prompt: negative.trim() } : {}),
    ...(seed === null ? {} : { seed }),
  };
}

/** US dollars a take; null when the catalogue has no price for it: what needs a key or an account is not free. */
export function takePrice(
  provider: ProviderView | undefined,
  model: ModelView | undefined,
  options: Record<string, unknown>,
): number | null {
  const prices = model?.price_per_second ?? {};
  const price = Number(prices[String(options.resolution)] ?? prices["*"] ?? Number.NaN);
  const seconds = options.duration_seconds;
  if (Number.isNaN(price) || typeof seconds !== "number" || (price === 0 && provider?.needs)) return null;
  return price * seconds;
}

/** What a number of shots takes: videos, dollars (null: unknown), seconds by the catalogue. */
export function estimate(
  provider: ProviderView,
  settings: { model: string; outputs: number; options: Record<string, unknown> },
  shots: number,
): { videos: number; dollars: number | null; seconds: number } {
  const model = provider.models.find((each) => each.id === settings.model);
  const price = takePrice(provider, model, settings.options);
  const videos = shots * settings.outputs;
  const rounds = Math.ceil(videos / Math.max(1, provider.concurrency));
  return {
    videos,
    dollars: price === null ? null : price * videos,
    seconds: rounds * (model?.typical_seconds ?? 0),
  };
}

/** How many shots a job that has not been started will have, by what is on the server. */
export function plannedShots({ settings, total_images, total_prompts }: JobView): number {
  return settings.allow_text_only === true ? total_prompts : Math.min(total_images, total_prompts);
}
