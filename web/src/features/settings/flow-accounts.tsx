import { Plus } from "lucide-react";
import { useState } from "react";
import type { FlowSignInView, ProviderView } from "@/api";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { flowStrings } from "@/strings/flow";
import { settingsStrings } from "@/strings/settings";
import { FlowAccountForm } from "./flow-account-form";
import { FlowAccountRow } from "./flow-account-row";

type Props = { provider: ProviderView; accounts: readonly FlowSignInView[] };

/** The provider that works through accounts which people sign in. */
export function FlowAccounts({ provider, accounts }: Props) {
  const [signing, setSigning] = useState<{ again: FlowSignInView | null } | null>(null);
  return (
    <article
      id="flow"
      aria-label={provider.title}
      className="scroll-mt-16 rounded-xl border border-line bg-surface"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
        <div className="min-w-0 flex-1 basis-48">
          <h3 className="font-medium">{provider.title}</h3>
          <p className="truncate text-faint text-xs">
            {provider.models.map((each) => each.title).join(", ")}
          </p>
        </div>
        {accounts.length === 0 && <Badge tone="neutral">{settingsStrings.providers.needsAccount}</Badge>}
        <Button onClick={() => setSigning({ again: null })}>
          <Plus />
          {flowStrings.add}
        </Button>
      </header>
      {accounts.length === 0 ? (
        <p className="border-line border-t px-4 py-3 text-muted text-sm">{flowStrings.none}</p>
      ) : (
        <ul className="divide-y divide-line border-line border-t">
          {accounts.map((each) => (
            <li key={each.id}>
              <FlowAccountRow account={each} onAgain={() => setSigning({ again: each })} />
            </li>
          ))}
        </ul>
      )}
      {signing && <FlowAccountForm again={signing.again} onClose={() => setSigning(null)} />}
    </article>
  );
}
