import type { ProviderView } from "@/api";

/** The providers that people choose from: those that are there for tests are not among them. */
export function offered(providers: readonly ProviderView[]): ProviderView[] {
  return providers.filter((each) => each.offered !== false);
}
