import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createWebhook, type MessageType, type WebhookCreated } from "@/api";
import {
  readMeOptions,
  readMessageTypesOptions,
  readWebhooksOptions,
  readWebhooksQueryKey,
} from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Input, Toggle } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { settingsStrings } from "@/strings/settings";
import { webhookStrings as strings } from "@/strings/webhooks";
import { Section } from "./section";
import { ShownSecret, useSave } from "./webhook-parts";
import { WebhookRow } from "./webhook-row";

/** Addresses that are told what happens, for those who look after the space. */
export function Webhooks() {
  const me = useQuery(readMeOptions());
  const may = me.data !== undefined && (!me.data.accounts || me.data.role === "manager");
  const webhooks = useQuery({ ...readWebhooksOptions(), staleTime: 0, enabled: may });
  const [made, setMade] = useState<WebhookCreated | null>(null);
  if (!may) return null;
  return (
    <Section id="webhooks" title={settingsStrings.sections.webhooks} text={strings.text}>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <NewWebhookForm onMade={setMade} />
        {made && (
          <div className="border-line border-t px-4 py-3">
            <ShownSecret secret={made.secret} />
          </div>
        )}
        {webhooks.error && (
          <p role="alert" className="border-line border-t px-4 py-3 text-bad text-sm">
            {said(webhooks.error)}
          </p>
        )}
        {webhooks.data?.length === 0 && (
          <p className="border-line border-t px-4 py-3 text-muted text-sm">{strings.none}</p>
        )}
        <ul className="divide-y divide-line border-line border-t empty:hidden">
          {webhooks.data?.map((each) => (
            <li key={each.id}>
              <WebhookRow webhook={each} />
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}

function NewWebhookForm({ onMade }: { onMade: (made: WebhookCreated) => void }) {
  const types = useQuery({ ...readMessageTypesOptions(), staleTime: Number.POSITIVE_INFINITY });
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly MessageType[] | null>(null);
  const usual = types.data?.filter((each) => each.default).map((each) => each.type) ?? [];
  const events = chosen ?? usual;
  const create = useSave(readWebhooksQueryKey(), strings.added, async () => {
    const answer = await createWebhook({ body: { url, name, events: [...events] }, throwOnError: true });
    onMade(answer.data);
    setUrl("");
    setName("");
  });
  return (
    <form
      className="flex flex-col gap-3 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (url.trim() && events.length && !create.isPending) create.mutate();
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={strings.url} hint={strings.urlHint}>
          {(ids) => (
            <Input
              {...ids}
              type="url"
              maxLength={2000}
              autoComplete="off"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Field label={strings.name} hint={settingsStrings.form.nameHint}>
          {(ids) => (
            <Input {...ids} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </div>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="pb-1 text-muted text-sm">{strings.events}</legend>
        {types.data?.map(({ type, title }) => (
          <Toggle
            key={type}
            label={title}
            checked={events.includes(type)}
            onChange={(event) =>
              setChosen(event.target.checked ? [...events, type] : events.filter((one) => one !== type))
            }
          />
        ))}
      </fieldset>
      <Button
        type="submit"
        className="self-start"
        disabled={!url.trim() || !events.length || create.isPending}
      >
        {strings.add}
      </Button>
    </form>
  );
}
