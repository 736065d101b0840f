import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import type { CredentialView, FlowSignInView, ProviderView } from "@/api";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { settingsStrings } from "@/strings/settings";
import { FlowAccounts } from "./flow-accounts";
import { KeyForm, type KeyFormFor } from "./key-form";
import { KeyRow } from "./key-row";
import { Section } from "./section";
import { isFree, namesOf, type Service, servicesOf } from "./services";

type Props = {
  providers: readonly ProviderView[];
  keys: readonly CredentialView[];
  accounts: readonly FlowSignInView[];
};

/** Who makes videos, and what they are paid through. Those that need something come first. */
export function Providers({ providers, keys, accounts }: Props) {
  const [writing, setWriting] = useState<KeyFormFor | null>(null);
  return (
    <Section id="providers" title={settingsStrings.sections.providers} text={settingsStrings.providers.text}>
      <ul className="flex flex-col gap-3">
        {servicesOf(providers).map((service) => {
          const flow = service.providers.find((each) => each.needs === "flow_account");
          return (
            <li key={service.id}>
              {flow ? (
                <FlowAccounts provider={flow} accounts={accounts} />
              ) : (
                <ServiceKeys
                  service={service}
                  keys={keys.filter((each) => each.service === service.id)}
                  onWrite={setWriting}
                />
              )}
            </li>
          );
        })}
      </ul>
      {writing && <KeyForm of={writing} onClose={() => setWriting(null)} />}
    </Section>
  );
}

type ServiceProps = {
  service: Service;
  keys: readonly CredentialView[];
  onWrite: (of: KeyFormFor) => void;
};

/** One service: its providers, and its keys, each of which serves all providers that take it. */
function ServiceKeys({ service, keys, onWrite }: ServiceProps) {
  const { title, providers } = service;
  const warnings = providers.flatMap((each) => each.models).filter((each) => each.warning);
  return (
    <article
      aria-label={providers.length > 1 ? settingsStrings.providers.of(title, namesOf(providers)) : title}
      className="rounded-xl border border-line bg-surface"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
        <div className="min-w-0 flex-1 basis-48">
          <h3 className="font-medium">{title}</h3>
          {providers.map((each) => (
            <p key={each.id} className="truncate text-faint text-xs">
              {providers.length > 1 && `${each.title}: `}
              {each.models.map((model) => model.title).join(", ")}
            </p>
          ))}
        </div>
        {isFree(service) && <Badge tone="good">{settingsStrings.providers.free}</Badge>}
        {!isFree(service) && keys.length === 0 && (
          <Badge tone="neutral">{settingsStrings.providers.needsKey}</Badge>
        )}
        {!isFree(service) && (
          <Button onClick={() => onWrite({ kind: "new", service })}>
            {keys.length === 0 ? <KeyRound /> : <Plus />}
            {settingsStrings.providers.add}
          </Button>
        )}
      </header>
      {warnings.length > 0 && (
        <details className="border-line border-t px-4 py-2 text-sm">
          <summary className="w-fit rounded text-wait">
            {settingsStrings.providers.ending(warnings.length)}
          </summary>
          <ul className="mt-1 flex flex-col gap-0.5 text-muted">
            {warnings.map((each) => (
              <li key={each.id}>{each.warning}</li>
            ))}
          </ul>
        </details>
      )}
      {keys.length > 0 && (
        <ul className="divide-y divide-line border-line border-t">
          {keys.map((each) => (
            <li key={each.id}>
              <KeyRow
                credential={each}
                providers={providers}
                onReplace={() => onWrite({ kind: "replace", credential: each })}
              />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
