import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis, KeyRound, ListChecks, Power, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { deleteWebhook, rotateWebhookSecret, sendTestWebhook, updateWebhook, type WebhookView } from "@/api";
import { readDeliveriesQueryKey, readWebhooksQueryKey } from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem } from "@/components/ui/menu";
import { appStrings } from "@/strings/app";
import { webhookStrings as strings } from "@/strings/webhooks";
import { DeliveryLog } from "./delivery-log";
import { ShownSecret, useSave } from "./webhook-parts";

/** One webhook: whether it answers, a test, its secret, its log. */
export function WebhookRow({ webhook }: { webhook: WebhookView }) {
  const [asking, setAsking] = useState<"rotate" | "remove" | null>(null);
  const [log, setLog] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const client = useQueryClient();
  const path = { webhook_id: webhook.id };
  const key = readWebhooksQueryKey();
  const change = useSave<boolean>(key, null, (enabled) =>
    updateWebhook({ path, body: { enabled }, throwOnError: true }),
  );
  const test = useSave(key, null, async () => {
    const { data } = await sendTestWebhook({ path, throwOnError: true });
    void client.invalidateQueries({ queryKey: readDeliveriesQueryKey({ path }) });
    if (data.state === "delivered") toast.success(strings.accepted(data.milliseconds ?? 0));
    else toast.error(strings.refused(data.answer || strings.answered(data.http_status ?? 0)));
  });
  const rotate = useSave(key, strings.rotated, async () => {
    const { data } = await rotateWebhookSecret({ path, throwOnError: true });
    setSecret(data.secret);
    setAsking(null);
  });
  const remove = useSave(key, strings.removed, () => deleteWebhook({ path, throwOnError: true }));
  const tone = { active: "good", paused: "wait", disabled: "neutral" } as const;
  return (
    <div className="flex flex-col gap-3 px-4 py-2.5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-2">
            <span className="truncate font-medium">{webhook.name}</span>
            <Badge tone={tone[webhook.state]}>{strings.state[webhook.state]}</Badge>
          </p>
          <p className="truncate text-muted text-xs">{webhook.url}</p>
          <p className="tnum text-muted text-xs">{strings.facts(webhook.pending, webhook.failed)}</p>
          {webhook.reason && <p className="text-wait text-xs">{webhook.reason}</p>}
        </div>
        <Button size="sm" disabled={test.isPending} onClick={() => test.mutate()}>
          <Send />
          {strings.test}
        </Button>
        <Menu
          trigger={
            <Button kind="ghost" size="icon-sm" aria-label={`${appStrings.common.more}: ${webhook.name}`}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem onSelect={() => setLog(!log)}>
            <ListChecks />
            {log ? strings.hideLog : strings.log}
          </MenuItem>
          <MenuItem onSelect={() => change.mutate(webhook.state !== "active")}>
            <Power />
            {webhook.state === "active" ? strings.off : strings.on}
          </MenuItem>
          <MenuItem onSelect={() => setAsking("rotate")}>
            <KeyRound />
            {strings.rotate}
          </MenuItem>
          <MenuItem danger onSelect={() => setAsking("remove")}>
            <Trash2 />
            {strings.remove}
          </MenuItem>
        </Menu>
      </div>
      {secret && <ShownSecret secret={secret} />}
      {log && <DeliveryLog webhook={webhook} />}
      <Confirm
        open={asking === "rotate"}
        onClose={() => setAsking(null)}
        title={strings.rotateTitle(webhook.name)}
        text={strings.rotateText}
        yes={strings.rotate}
        busy={rotate.isPending}
        onYes={() => rotate.mutate()}
      />
      <Confirm
        open={asking === "remove"}
        onClose={() => setAsking(null)}
        title={strings.removeTitle(webhook.name)}
        text={strings.removeText}
        yes={strings.remove}
        busy={remove.isPending}
        onYes={() => remove.mutate()}
      />
    </div>
  );
}
