// Providers by the service whose keys they use: one key serves all of them.
import type { ProviderView } from "@/api";
import { fieldsOf, type OptionField } from "@/lib/schema";

export type Service = { id: string; title: string; providers: readonly ProviderView[] };

/** The services in the order of their first providers; those that need something come first. */
export function servicesOf(providers: readonly ProviderView[]): Service[] {
  const services = new Map<string, ProviderView[]>();
  for (const each of providers) services.set(each.service, [...(services.get(each.service) ?? []), each]);
  return [...services]
    .map(([id, own]) => ({ id, title: own[0]?.service_title ?? id, providers: own }))
    .sort((a, b) => Number(isFree(a)) - Number(isFree(b)));
}

/** Whether nothing of it needs a key or an account. */
export function isFree(service: Service): boolean {
  return service.providers.every((each) => !each.needs);
}

/** What goes with a key, each once; where providers differ in it, it says whose it is. */
export function keyFields(providers: readonly ProviderView[]): OptionField[] {
  const fields = new Map<string, OptionField>();
  for (const provider of providers) {
    for (const field of fieldsOf(provider.key_fields ?? {})) {
      const hint = providers.length > 1 ? [`${provider.title}:`, field.hint].join(" ") : field.hint;
      if (!fields.has(field.name)) fields.set(field.name, { ...field, hint });
    }
  }
  return [...fields.values()];
}

/** The titles of these providers, or of those of them that `ids` names. */
export function namesOf(providers: readonly ProviderView[], ids?: readonly string[]): string {
  const named = ids ? providers.filter((each) => ids.includes(each.id)) : providers;
  return named.map((each) => each.title).join(", ");
}
