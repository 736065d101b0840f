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

type Props = {
  providers: readonly ProviderView[];
  keys: readonly CredentialView[];
  accounts: readonly FlowSignInView[];
};

/** Who makes videos, and what they are paid through. Those that need something come first. */
export function Providers({ providers, keys, accounts }: Props) {
  const [writing, setWriting] = useState<KeyFormFor | null>(null);
  const sorted = [...providers].sort((a, b) => Number(!a.needs) - Number(!b.needs));
  return (
    <Section id="providers" title={settingsStrings.sections.providers} text={settingsStrings.providers.text}>
      <ul className="flex flex-col gap-3">
        {sorted.map((provider) => (
          <li key={provider.id}>
            {provider.needs === "flow_account" ? (
              <FlowAccounts provider={provider} accounts={accounts} />
            ) : (
              <Provider
                provider={provider}
                keys={keys.filter((each) => each.provider === provider.id)}
                onWrite={setWriting}
              />
            )}
          </li>
        ))}
      </ul>
      {writing && <KeyForm of={writing} onClose={() => setWriting(null)} />}
    </Section>
  );
}

type ProviderProps = {
  provider: ProviderView;
  keys: readonly CredentialView[];
  onWrite: (of: KeyFormFor) => void;
};

function Provider({ provider, keys, onWrite }: ProviderProps) {
  const takesKeys = provider.needs === "key";
  const warnings = provider.models.filter((each) => each.warning);
  return (
    <article aria-label={provider.title} className="rounded-xl border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
        <div className="min-w-0 flex-1 basis-48">
          <h3 className="font-medium">{provider.title}</h3>
          <p className="truncate text-faint text-xs">
            {provider.models.map((each) => each.title).join(", ")}
          </p>
        </div>
        {!provider.needs && <Badge tone="good">{settingsStrings.providers.free}</Badge>}
        {provider.needs && keys.length === 0 && (
          <Badge tone="neutral">{settingsStrings.providers.needsKey}</Badge>
        )}
        {takesKeys && (
          <Button onClick={() => onWrite({ kind: "new", provider })}>
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
              <KeyRow credential={each} onReplace={() => onWrite({ kind: "replace", credential: each })} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}
