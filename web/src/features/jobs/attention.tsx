import { Link } from "@tanstack/react-router";
import {
  ArrowRight,
  CircleHelp,
  CirclePause,
  DatabaseBackup,
  Hand,
  Hourglass,
  KeyRound,
  TriangleAlert,
  Webhook,
} from "lucide-react";
import { useState } from "react";
import type { NeedView } from "@/api";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { needFilter, needTitle } from "@/lib/needs";
import { needKey } from "@/lib/notices";
import { appStrings } from "@/strings/app";
import { dashboardStrings } from "@/strings/dashboard";
import { uncertainStrings } from "@/strings/uncertain";
import { Heading } from "./heading";
import { PaidCallDialog } from "./paid-call-dialog";
import { UncertainDialog } from "./uncertain-dialog";

const FEW = 5;
const looks = {
  account: { icon: KeyRound, tone: "text-wait bg-wait-soft" },
  waiting: { icon: Hand, tone: "text-wait bg-wait-soft" },
  paused: { icon: CirclePause, tone: "text-wait bg-wait-soft" },
  stalled: { icon: Hourglass, tone: "text-wait bg-wait-soft" },
  backup: { icon: DatabaseBackup, tone: "text-bad bg-bad-soft" },
  receiver: { icon: Webhook, tone: "text-wait bg-wait-soft" },
  failed: { icon: TriangleAlert, tone: "text-bad bg-bad-soft" },
};

const hashes: Partial<Record<NeedView["kind"], string>> = { receiver: "webhooks", backup: "storage" };

/** What does not go on without the user: one line a job and reason, and the way there. */
export function Attention({ needs }: { needs: readonly NeedView[] }) {
  const [all, setAll] = useState(false);
  const [deciding, setDeciding] = useState(false);
  if (needs.length === 0) return null;
  const shown = all ? needs : needs.slice(0, FEW);
  const more = needs.length - shown.length;
  const uncertain = needs
    .filter((need) => need.waiting_for === "uncertain")
    .reduce((sum, need) => sum + need.count, 0);
  return (
    <section aria-labelledby="attention" className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <Heading id="attention" title={appStrings.dashboard.attention} aside={count(needs.length)} />
        {uncertain > 1 && (
          <Button size="sm" onClick={() => setDeciding(true)}>
            {uncertainStrings.open}
          </Button>
        )}
      </div>
      {deciding && <UncertainDialog onClose={() => setDeciding(false)} />}
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <ul className="divide-y divide-line">
          {shown.map((need) => (
            <Need key={needKey(need)} need={need} />
          ))}
        </ul>
        {more > 0 && (
          <Button
            kind="ghost"
            className="w-full rounded-none! border-line border-t"
            onClick={() => setAll(true)}
          >
            {dashboardStrings.more(more)}
          </Button>
        )}
      </div>
    </section>
  );
}

const line = "group -outline-offset-2 flex w-full items-center gap-3 px-4 py-3 text-left hover:bg-raised";

function Need({ need }: { need: NeedView }) {
  const [deciding, setDeciding] = useState(false);
  const filter = needFilter(need);
  if (need.submission_id) {
    return (
      <li>
        <button type="button" className={line} onClick={() => setDeciding(true)}>
          <NeedLine need={need} />
        </button>
        {deciding && <PaidCallDialog submissionId={need.submission_id} onClose={() => setDeciding(false)} />}
      </li>
    );
  }
  return (
    <li>
      <Link
        {...(need.job_id === null
          ? { to: "/settings" as const, hash: hashes[need.kind] ?? "flow" }
          : {
              to: "/jobs/$jobId" as const,
              params: { jobId: need.job_id },
              search: filter === "all" ? {} : { show: filter },
            })}
        className={line}
      >
        <NeedLine need={need} />
      </Link>
    </li>
  );
}

function NeedLine({ need }: { need: NeedView }) {
  const { icon, tone } = looks[need.kind];
  const Icon = need.waiting_for === "uncertain" ? CircleHelp : icon;
  return (
    <>
      <span className={`grid size-8 shrink-0 place-items-center rounded-lg ${tone}`}>
        <Icon className="size-4" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className="shrink-0 font-medium">{needTitle(need)}</span>
          <span className="truncate text-muted text-sm">
            {need.job_name ?? need.account ?? need.receiver ?? (need.submission_id ? need.provider : null)}
          </span>
        </span>
        <span className="block truncate text-muted text-sm">{need.message}</span>
      </span>
      <ArrowRight className="size-4 shrink-0 text-faint group-hover:text-text" />
    </>
  );
}
