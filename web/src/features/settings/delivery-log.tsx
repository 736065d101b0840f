import { useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import type { DeliveryView, WebhookView } from "@/api";
import { replayDeliveries } from "@/api";
import { readDeliveriesOptions, readDeliveriesQueryKey } from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { moment } from "@/lib/format";
import { said } from "@/lib/problem";
import { webhookStrings as strings } from "@/strings/webhooks";
import { useSave } from "./webhook-parts";

const TONES = { pending: "wait", delivered: "good", failed: "bad" } as const;

/** What was sent to a webhook, the newest first, with what it answered. */
export function DeliveryLog({ webhook }: { webhook: WebhookView }) {
  const path = { webhook_id: webhook.id };
  const deliveries = useQuery({ ...readDeliveriesOptions({ path }), staleTime: 0, refetchInterval: 5000 });
  const replay = useSave<string | null>(readDeliveriesQueryKey({ path }), null, async (delivery_id) => {
    const { data } = await replayDeliveries({ path, body: { delivery_id }, throwOnError: true });
    toast.success(strings.replayed(data.count));
  });
  if (deliveries.error) return <p className="text-bad text-sm">{said(deliveries.error)}</p>;
  if (deliveries.data?.length === 0) return <p className="text-muted text-sm">{strings.logNone}</p>;
  return (
    <div className="flex flex-col gap-2">
      {webhook.failed > 0 && (
        <Button
          size="sm"
          className="self-start"
          disabled={replay.isPending}
          onClick={() => replay.mutate(null)}
        >
          {strings.replayFailed}
        </Button>
      )}
      <ul aria-label={strings.log} className="flex max-h-96 flex-col gap-1.5 overflow-y-auto text-sm">
        {deliveries.data?.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-2">
            <Badge tone={TONES[each.state]}>{strings.delivery[each.state]}</Badge>
            <span>{each.type}</span>
            <span className="tnum text-muted text-xs">{facts(each)}</span>
            <span className="min-w-0 flex-1 truncate text-faint text-xs">{each.answer}</span>
            {each.state !== "pending" && (
              <Button
                kind="ghost"
                size="sm"
                disabled={replay.isPending}
                onClick={() => replay.mutate(each.id)}
              >
                {strings.replay}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function facts(each: DeliveryView): string {
  return [
    moment(each.created_at),
    each.http_status,
    each.milliseconds === null ? null : `${each.milliseconds} ms`,
    strings.attempts(each.attempts),
  ]
    .filter((part) => part !== null)
    .join(", ");
}
