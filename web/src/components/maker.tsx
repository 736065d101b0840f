// Who makes it: said beside every button that spends, with the way to a key where there is none.
import { Link } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import type { ProviderView } from "@/api";
import { Button } from "@/components/ui/button";
import { askForKey } from "@/lib/ask-key";
import type { Readiness } from "@/lib/readiness";
import { moneyStrings } from "@/strings/money";

const FREE_PREVIEW = "animatic";

/** The options of a provider select: those that can be used now, then those that lack something. */
export function ProviderChoices({
  providers,
  readiness,
}: {
  providers: readonly ProviderView[];
  readiness: (provider: ProviderView) => Readiness;
}) {
  const groups = [
    [moneyStrings.ready, providers.filter((each) => readiness(each) === "ready")],
    [moneyStrings.needsKey, providers.filter((each) => readiness(each) === "no-key")],
    [moneyStrings.needsAccount, providers.filter((each) => readiness(each) === "no-account")],
  ] as const;
  return groups.map(
    ([label, some]) =>
      some.length > 0 && (
        <optgroup key={label} label={label}>
          {some.map((each) => (
            <option key={each.id} value={each.id}>
              {each.title}
            </option>
          ))}
        </optgroup>
      ),
  );
}

/** What there is to know of a provider before it is asked: that it lacks a key, that it is no AI. */
export function ProviderNote({ provider, readiness }: { provider: ProviderView; readiness: Readiness }) {
  if (readiness === "ready")
    return provider.id === FREE_PREVIEW && <p className="text-faint text-xs">{moneyStrings.animatic}</p>;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-wait-soft py-1 pr-1 pl-3 text-sm text-wait">
      <KeyRound className="size-4 shrink-0" />
      <span className="min-w-0 flex-1">
        {(readiness === "no-key" ? moneyStrings.noKey : moneyStrings.noAccount)(provider.title)}
      </span>
      {readiness === "no-key" ? (
        <Button size="sm" onClick={() => askForKey(provider.id)}>
          {moneyStrings.addKey}
        </Button>
      ) : (
        <Link to="/settings" hash="flow" className="rounded px-2 py-1 font-medium underline">
          {moneyStrings.signIn}
        </Link>
      )}
    </p>
  );
}
