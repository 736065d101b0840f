import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Gauge, LoaderCircle, LogIn, LogOut, Power, PowerOff, Zap } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { FlowSignInView } from "@/api";
import {
  checkFlowSignInMutation,
  logOutFlowSignInMutation,
  readFlowSignInsQueryKey,
  updateKeyMutation,
} from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem } from "@/components/ui/menu";
import { ago, duration, moment } from "@/lib/format";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { flowStrings } from "@/strings/flow";
import { settingsStrings } from "@/strings/settings";
import { FlowLimits } from "./flow-limits";
import { TONES } from "./tones";

/** One Google account: whether it is signed in, how old that is, and what can be done. */
export function FlowAccountRow({ account, onAgain }: { account: FlowSignInView; onAgain: () => void }) {
  const [asking, setAsking] = useState(false);
  const [limiting, setLimiting] = useState(false);
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: readFlowSignInsQueryKey() });
  const onError = (error: unknown) => toast.error(said(error));
  const { id, name, state, checking } = account;
  const update = useMutation({ ...updateKeyMutation(), onError, onSettled });
  const check = useMutation({
    ...checkFlowSignInMutation(),
    onError,
    onSettled,
    onSuccess: () => toast.message(flowStrings.checkSoon(name)),
  });
  const out = useMutation({
    ...logOutFlowSignInMutation(),
    onError,
    onSettled: () => {
      setAsking(false);
      return onSettled();
    },
    onSuccess: () => toast.success(flowStrings.isOut),
  });
  useSayChecked(account);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="truncate font-medium">{name}</span>
          {account.email && <span className="truncate text-faint text-xs">{account.email}</span>}
        </p>
        <Facts account={account} />
        {account.state_reason && <p className="text-sm text-wait">{account.state_reason}</p>}
      </div>
      <State account={account} />
      <div className="flex items-center gap-1">
        {account.needs_you ? (
          <Button size="sm" onClick={onAgain}>
            <LogIn />
            {flowStrings.again}
          </Button>
        ) : (
          <Button
            size="sm"
            disabled={check.isPending || checking}
            onClick={() => check.mutate({ path: { sign_in_id: id } })}
          >
            {checking ? <LoaderCircle className="animate-spin" /> : <Zap />}
            {flowStrings.check}
          </Button>
        )}
        <Menu
          trigger={
            <Button kind="ghost" size="icon-sm" aria-label={`${appStrings.common.more}: ${name}`}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem
            onSelect={() => update.mutate({ path: { key_id: id }, body: { enabled: state === "disabled" } })}
            disabled={update.isPending}
          >
            {state === "disabled" ? <Power /> : <PowerOff />}
            {state === "disabled" ? settingsStrings.key.on : settingsStrings.key.off}
          </MenuItem>
          {account.needs_you && (
            <MenuItem onSelect={() => check.mutate({ path: { sign_in_id: id } })} disabled={checking}>
              <Zap />
              {flowStrings.check}
            </MenuItem>
          )}
          <MenuItem onSelect={onAgain}>
            <LogIn />
            {flowStrings.again}
          </MenuItem>
          <MenuItem onSelect={() => setLimiting(true)}>
            <Gauge />
            {flowStrings.limits.open}
          </MenuItem>
          <MenuItem danger onSelect={() => setAsking(true)}>
            <LogOut />
            {flowStrings.out}
          </MenuItem>
        </Menu>
      </div>
      {limiting && <FlowLimits account={account} onClose={() => setLimiting(false)} />}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={flowStrings.outTitle(name)}
        text={flowStrings.outText}
        yes={flowStrings.out}
        busy={out.isPending}
        onYes={() => out.mutate({ path: { sign_in_id: id } })}
      />
    </div>
  );
}

function Facts({ account }: { account: FlowSignInView }) {
  const { signed_in_at: signedIn, last_used_at: used, last_checked_at: checked } = account;
  const facts = [
    ...(signedIn ? [flowStrings.signedIn(ago(signedIn))] : []),
    ...(used ? [flowStrings.used(ago(used))] : []),
    checked ? flowStrings.checked(ago(checked)) : flowStrings.unchecked,
    ...(account.credits_left === null ? [] : [flowStrings.credits(account.credits_left)]),
    ...(account.submissions > 0 ? [flowStrings.made(account.submissions)] : []),
    ...(account.in_flight > 0 ? [flowStrings.flying(account.in_flight)] : []),
  ].join(" · ");
  return (
    <p className="tnum text-muted text-xs" title={signedIn ? moment(signedIn) : undefined}>
      {facts}
    </p>
  );
}

function State({ account }: { account: FlowSignInView }) {
  const { state, state_reason, old, checking, resting_until, last_checked_at, last_used_at } = account;
  if (state !== "ready") return <Badge tone={TONES[state]}>{settingsStrings.key.state[state]}</Badge>;
  if (checking) return <Badge tone="accent">{flowStrings.state.checking}</Badge>;
  // Whether it is signed in is known once somebody has looked, or made something with it.
  if (state_reason || !(last_checked_at || last_used_at))
    return <Badge tone="neutral">{flowStrings.state.unknown}</Badge>;
  const left = resting_until ? (Date.parse(resting_until) - Date.now()) / 1000 : 0;
  if (left > 0) return <Badge tone="wait">{flowStrings.state.resting(duration(left))}</Badge>;
  return <Badge tone={old ? "wait" : "good"}>{old ? flowStrings.state.old : flowStrings.state.ready}</Badge>;
}

/** Says once how a check ended that was on while this was looked at. */
function useSayChecked({ name, checking, state, state_reason }: FlowSignInView): void {
  const was = useRef(checking);
  useEffect(() => {
    const ended = was.current && !checking;
    was.current = checking;
    if (!ended) return;
    if (state === "ready") toast.success(flowStrings.good(name));
    else toast.error(settingsStrings.key.bad(name, state_reason ?? ""));
  }, [name, checking, state, state_reason]);
}
