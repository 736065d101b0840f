// Whether a provider can be asked now, or lacks a key or an account first; and what it costs, in words.
import { useQuery } from "@tanstack/react-query";
import type { CredentialView, FlowSignInView, ProviderView } from "@/api";
import { readFlowSignInsOptions, readKeysOptions } from "@/api/@tanstack/react-query.gen";
import { money } from "@/lib/format";
import { moneyStrings } from "@/strings/money";

export type Readiness = "ready" | "no-key" | "no-account";

/** What a provider lacks. A key that is switched off or refused is none. */
export function readinessOf(
  provider: Pick<ProviderView, "needs" | "service">,
  keys: readonly Pick<CredentialView, "service" | "state">[],
  accounts: readonly Pick<FlowSignInView, "state">[],
): Readiness {
  if (provider.needs === "flow_account")
    return accounts.some((each) => each.state === "ready") ? "ready" : "no-account";
  if (!provider.needs) return "ready";
  return keys.some((each) => each.service === provider.service && each.state === "ready")
    ? "ready"
    : "no-key";
}

/** The readiness of any provider, as keys come and go. Until it is known everything counts as ready. */
export function useReadiness(): (provider: ProviderView | undefined) => Readiness {
  const keys = useQuery(readKeysOptions());
  const accounts = useQuery(readFlowSignInsOptions());
  return (provider) =>
    provider && keys.data && accounts.data ? readinessOf(provider, keys.data, accounts.data) : "ready";
}

/** `$0.40`, `free`, `price unknown`: what making so many takes costs. `null`: nobody here knows. */
export function priceWords(dollars: number | null): string {
  if (dollars === null) return moneyStrings.unknown;
  return dollars > 0 ? money(dollars) : moneyStrings.free;
}

/** What making these takes once more costs; null when one of them has a price that nobody here knows. */
export function againPrice(
  takes: readonly { price: string; provider: string }[],
  providers: readonly ProviderView[],
): number | null {
  let sum = 0;
  for (const { price, provider } of takes) {
    const each = Number(price);
    if (each === 0 && providers.find((known) => known.id === provider)?.needs) return null;
    sum += each;
  }
  return sum;
}
