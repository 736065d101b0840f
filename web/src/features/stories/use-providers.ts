import { useQuery } from "@tanstack/react-query";
import type { ProviderView } from "@/api";
import { readKeysOptions } from "@/api/@tanstack/react-query.gen";
import { money } from "@/lib/format";
import { useProviders } from "./use-story";

export type Kind = "script" | "voice" | "picture" | "video";
export type Choice = ProviderView & { ready: boolean };

/** The providers of a kind that people choose from, with whether each can be used as things stand. */
export function useChoices(kind: Kind): Choice[] {
  const { data: providers = [] } = useProviders(kind);
  const { data: credentials = [] } = useQuery(readKeysOptions());
  const served = new Set(
    credentials
      .filter((each) => each.state === "ready")
      .flatMap((each) => [...each.providers, each.provider]),
  );
  return providers
    .filter((each) => each.offered !== false)
    .map((each) => ({ ...each, ready: !each.needs || served.has(each.id) || each.needs !== "key" }));
}

/** Whether somebody here writes scripts with a key. */
export function useHasWriter(): boolean {
  return useChoices("script").some((each) => each.ready && each.needs);
}

export const canGenerate = (provider: ProviderView): boolean => provider.modes.includes("generate");
export const canSearch = (provider: ProviderView): boolean =>
  provider.modes.some((each) => each.startsWith("search_"));

/** What one picture of a provider costs at least, US dollars; null where nobody says. */
export function picturePrice(provider: ProviderView | undefined): number | null {
  if (!provider) return null;
  if (!provider.needs) return 0;
  const prices = Object.values(provider.models[0]?.price_per_picture ?? {}).map(Number);
  return prices.length > 0 ? Math.min(...prices) : null;
}

/** `free`, `$0.04`, or nothing where nobody knows. */
export function pictureWords(provider: ProviderView | undefined, free: string): string {
  const price = picturePrice(provider);
  return price === null ? "" : price > 0 ? money(price) : free;
}
