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

/** Settings out of what the API, a preset or this browser has of them; null when nobody here is its provider. */
export function fromSettings(
  given: Readonly<Record<string, unknown>>,
  providers: readonly ProviderView[],
): BatchSettings | null {
  const provider = providers.find((each) => each.id === given.provider);
  if (!provider) return null;
  const fresh = defaultsOf(provider);
  const named = (given.options ?? given) as Record<string, unknown>;
  const options = { ...fresh.options };
  for (const { name } of fieldsOf(provider.options)) {
    const value = named[name];
    if (["string", "number", "boolean"].includes(typeof value)) options[name] = value as string;
  }
  const outputs = Number(given.outputs);
  return {
    ...fresh,
    options,
    model: provider.models.find((each) => each.id === given.model)?.id ?? fresh.model,
    outputs: outputs >= 1 ? Math.min(outputs, provider.max_outputs) : fresh.outputs,
    negative: typeof given.negative_prompt === "string" ? given.negative_prompt : "",
    seed: typeof given.seed === "number" ? given.seed : null,
    textOnly: given.allow_text_only === true,
  };
}

const LAST = "rushes.last-settings";

/** What the last job was made with, in this browser. */
export function lastSettings(providers: readonly ProviderView[]): BatchSettings | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(LAST) ?? "null");
    return kept && typeof kept === "object" ? fromSettings(kept as Record<string, unknown>, providers) : null;
  } catch {
    return null; // nothing can be kept here, or it is not ours
  }
}

/** The next job begins with these. The seed is of one job alone. */
export function keepSettings(settings: BatchSettings): void {
  try {
    localStorage.setItem(LAST, JSON.stringify({ ...toBody(settings), seed: null }));
  } catch {
    // A browser that keeps nothing begins with the defaults.
  }
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
