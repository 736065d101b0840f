import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, LoaderCircle, Power, PowerOff, Trash2, Zap } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import type { CredentialView, ProviderView } from "@/api";
import {
  checkKeyMutation,
  deleteKeyMutation,
  readKeysQueryKey,
  updateKeyMutation,
} from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem } from "@/components/ui/menu";
import { ago, duration, money } from "@/lib/format";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { settingsStrings } from "@/strings/settings";
import { namesOf } from "./services";
import { TONES } from "./tones";

type Props = {
  credential: CredentialView;
  /** All of its service: where there are several, the row says which it serves. */
  providers: readonly ProviderView[];
  onReplace: () => void;
};

/** One key: how it is, what was made with it, and what can be done. Its secret is never here. */
export function KeyRow({ credential, providers, onReplace }: Props) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: readKeysQueryKey() });
  const onError = (error: unknown) => toast.error(said(error));
  const path = { key_id: credential.id };
  const { name, state } = credential;
  const update = useMutation({ ...updateKeyMutation(), onError, onSettled });
  const check = useMutation({
    ...checkKeyMutation(),
    onError,
    onSettled,
    onSuccess: (now) =>
      now.state === "ready"
        ? toast.success(settingsStrings.key.good(now.name))
        : toast.error(settingsStrings.key.bad(now.name, now.state_reason ?? "")),
  });
  const remove = useMutation({
    ...deleteKeyMutation(),
    onError,
    onSettled: () => {
      setAsking(false);
      return onSettled();
    },
    onSuccess: () => toast.success(settingsStrings.key.removed),
  });
  const spent = money(Number(credential.cost));
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="truncate font-medium">{name}</span>
          <span className="tnum whitespace-nowrap text-faint text-xs">
            {settingsStrings.key.ends(credential.last_four)}
            {credential.origin === "environment" && `, ${settingsStrings.key.environment}`}
          </span>
        </p>
        <p className="tnum text-muted text-xs">
          {credential.submissions > 0
            ? settingsStrings.key.used(credential.submissions, spent)
            : settingsStrings.key.unused}
          {credential.in_flight > 0 && ` · ${settingsStrings.key.flying(credential.in_flight)}`}
          {credential.last_used_at && ` · ${ago(credential.last_used_at)}`}
        </p>
        {providers.length > 1 && (
          <p className="text-muted text-xs">
            {settingsStrings.key.serves(namesOf(providers, credential.providers))}
          </p>
        )}
        {Object.entries(credential.refused).map(([id, why]) => (
          <p key={id} className="text-sm text-wait">
            {settingsStrings.key.refused(namesOf(providers, [id]) || id, why)}
          </p>
        ))}
        {credential.state_reason && <p className="text-bad text-sm">{credential.state_reason}</p>}
      </div>
      <State credential={credential} />
      <div className="flex items-center gap-1">
        <Button size="sm" disabled={check.isPending} onClick={() => check.mutate({ path })}>
          {check.isPending ? <LoaderCircle className="animate-spin" /> : <Zap />}
          {settingsStrings.key.test}
        </Button>
        <Menu
          trigger={
            <Button kind="ghost" size="icon-sm" aria-label={`${appStrings.common.more}: ${name}`}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem
            onSelect={() => update.mutate({ path, body: { enabled: state === "disabled" } })}
            disabled={update.isPending}
          >
            {state === "disabled" ? <Power /> : <PowerOff />}
            {state === "disabled" ? settingsStrings.key.on : settingsStrings.key.off}
          </MenuItem>
          <MenuItem onSelect={onReplace}>
            <KeyRound />
            {settingsStrings.key.replace}
          </MenuItem>
          <MenuItem danger onSelect={() => setAsking(true)}>
            <Trash2 />
            {settingsStrings.key.remove}
          </MenuItem>
        </Menu>
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={settingsStrings.key.removeTitle(name)}
        text={settingsStrings.key.removeText}
        yes={settingsStrings.key.remove}
        busy={remove.isPending}
        onYes={() => remove.mutate({ path })}
      />
    </div>
  );
}

function State({ credential: { state, resting_until } }: { credential: CredentialView }) {
  const [now, setNow] = useState(Date.now);
  const left = resting_until ? (Date.parse(resting_until) - now) / 1000 : 0;
  const resting = state === "ready" && left > 0;
  useEffect(() => {
    if (!resting) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [resting]);
  if (resting) return <Badge tone="wait">{settingsStrings.key.resting(duration(left))}</Badge>;
  return <Badge tone={TONES[state]}>{settingsStrings.key.state[state]}</Badge>;
}
