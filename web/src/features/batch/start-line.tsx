import { useMutation } from "@tanstack/react-query";
import { KeyRound, Play, RotateCw } from "lucide-react";
import { toast } from "sonner";
import type { Estimate, ProviderView, UploadCheck } from "@/api";
import { Button } from "@/components/ui/button";
import { askForKey } from "@/lib/ask-key";
import { duration, money } from "@/lib/format";
import { said } from "@/lib/problem";
import type { Readiness } from "@/lib/readiness";
import { batchStrings } from "@/strings/batch";
import { matchStrings } from "@/strings/match";
import { moneyStrings } from "@/strings/money";

type Props = {
  report: UploadCheck | undefined;
  provider: ProviderView;
  readiness: Readiness;
  errors: number;
  pending: boolean;
  blocked: boolean;
  again: boolean;
  onStart: () => Promise<void>;
};

function price({ price_known, estimated_credits, estimated_cost }: Estimate): string {
  if (!price_known) return batchStrings.unknown;
  if (estimated_credits > 0) return batchStrings.credits(estimated_credits);
  return Number(estimated_cost) > 0 ? money(Number(estimated_cost)) : batchStrings.free;
}

/** What it will take, and the one click that starts it. */
export function StartLine({ report, provider, readiness, errors, pending, blocked, again, onStart }: Props) {
  const start = useMutation({ mutationFn: onStart, onError: (error) => toast.error(said(error)) });
  const videos = report?.estimate.videos ?? 0;
  const ready = !pending && !blocked && errors === 0 && videos > 0 && readiness === "ready";
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
      <p aria-live="polite" className="tnum mr-auto text-muted text-sm">
        {errors > 0
          ? matchStrings.problems(errors)
          : videos > 0 &&
            report &&
            matchStrings.estimate(
              videos,
              price(report.estimate),
              duration(60 * report.estimate.estimated_time_minutes),
            )}
        {errors === 0 && videos > 0 && (
          <span className={readiness === "ready" ? undefined : "text-wait"}>
            {" · "}
            {readiness === "ready"
              ? moneyStrings.by(provider.title)
              : (readiness === "no-key" ? moneyStrings.noKey : moneyStrings.noAccount)(provider.title)}
          </span>
        )}
      </p>
      {readiness === "no-key" && (
        <Button size="lg" className="max-sm:w-full" onClick={() => askForKey(provider.id)}>
          <KeyRound />
          {moneyStrings.addKey}
        </Button>
      )}
      <Button
        kind="primary"
        size="lg"
        className="max-sm:w-full"
        disabled={!ready || start.isPending}
        onClick={() => start.mutate()}
      >
        {again ? <RotateCw /> : <Play />}
        {start.isPending
          ? matchStrings.starting
          : again
            ? matchStrings.sendAgain
            : videos > 0
              ? matchStrings.start(videos)
              : matchStrings.startNothing}
      </Button>
    </div>
  );
}
