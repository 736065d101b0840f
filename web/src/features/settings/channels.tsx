import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import {
  type ChannelKind,
  type ChannelView,
  createChannel,
  deleteChannel,
  sendTestChannel,
  updateChannel,
} from "@/api";
import { readChannelsOptions, readChannelsQueryKey, readMeOptions } from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { channelStrings as strings } from "@/strings/channels";
import { settingsStrings } from "@/strings/settings";
import { webhookStrings } from "@/strings/webhooks";
import { Section } from "./section";
import { useSave } from "./webhook-parts";

const KINDS = Object.keys(strings.kinds) as ChannelKind[];
const TONES = { active: "good", paused: "wait", disabled: "neutral" } as const;

/** Where people hear of what happens while the page is closed. */
export function Channels() {
  const me = useQuery(readMeOptions());
  const may = me.data !== undefined && (!me.data.accounts || me.data.role === "manager");
  const channels = useQuery({ ...readChannelsOptions(), staleTime: 0, enabled: may });
  if (!may) return null;
  return (
    <Section id="channels" title={settingsStrings.sections.channels} text={strings.text}>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <NewChannelForm />
        {channels.data?.length === 0 && (
          <p className="border-line border-t px-4 py-3 text-muted text-sm">{strings.none}</p>
        )}
        <ul className="divide-y divide-line border-line border-t empty:hidden">
          {channels.data?.map((each) => (
            <li key={each.id}>
              <ChannelRow channel={each} />
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}

function NewChannelForm() {
  const [kind, setKind] = useState<ChannelKind>("mail");
  const [address, setAddress] = useState("");
  const [token, setToken] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [digest, setDigest] = useState("");
  const create = useSave(readChannelsQueryKey(), strings.added, async () => {
    const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const times = { quiet_from: from || null, quiet_to: to || null, digest_at: digest || null, time_zone };
    await createChannel({ body: { kind, address, token, ...times }, throwOnError: true });
    setAddress("");
    setToken("");
  });
  const times = [
    [strings.quietFrom, from, setFrom],
    [strings.quietTo, to, setTo],
    [strings.digest, digest, setDigest],
  ] as const;
  return (
    <form
      className="flex flex-col gap-3 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() && !create.isPending) create.mutate();
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={strings.kind}>
          {(ids) => (
            <Select {...ids} value={kind} onChange={(event) => setKind(event.target.value as ChannelKind)}>
              {KINDS.map((each) => (
                <option key={each} value={each}>
                  {strings.kinds[each]}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={strings.address} hint={strings.addresses[kind]}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={2000}
              autoComplete="off"
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
          )}
        </Field>
        {(kind === "telegram" || kind === "ntfy") && (
          <Field label={strings.token} hint={strings.tokenHint}>
            {(ids) => (
              <Input
                {...ids}
                type="password"
                autoComplete="off"
                value={token}
                onChange={(event) => setToken(event.target.value)}
              />
            )}
          </Field>
        )}
        {times.map(([label, value, set]) => (
          <Field key={label} label={label} hint={strings.timeHint}>
            {(ids) => (
              <Input {...ids} type="time" value={value} onChange={(event) => set(event.target.value)} />
            )}
          </Field>
        ))}
      </div>
      <Button type="submit" className="self-start" disabled={!address.trim() || create.isPending}>
        {strings.add}
      </Button>
    </form>
  );
}

function ChannelRow({ channel }: { channel: ChannelView }) {
  const path = { channel_id: channel.id };
  const key = readChannelsQueryKey();
  const test = useSave(key, null, async () => {
    const { data } = await sendTestChannel({ path, throwOnError: true });
    if (data.delivered) toast.success(strings.sent);
    else toast.error(strings.refused(data.answer));
  });
  const change = useSave<boolean>(key, null, (enabled) =>
    updateChannel({ path, body: { enabled }, throwOnError: true }),
  );
  const remove = useSave(key, strings.removed, () => deleteChannel({ path, throwOnError: true }));
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{channel.name}</span>
          <Badge tone={TONES[channel.state]}>{webhookStrings.state[channel.state]}</Badge>
        </p>
        <p className="truncate text-muted text-xs">{`${strings.kinds[channel.kind]}, ${channel.address}`}</p>
        {channel.reason && <p className="text-wait text-xs">{channel.reason}</p>}
      </div>
      <Button size="sm" disabled={test.isPending} onClick={() => test.mutate()}>
        {strings.test}
      </Button>
      <Button size="sm" onClick={() => change.mutate(channel.state !== "active")}>
        {channel.state === "active" ? strings.off : strings.on}
      </Button>
      <Button size="sm" onClick={() => remove.mutate()}>
        {strings.remove}
      </Button>
    </div>
  );
}
