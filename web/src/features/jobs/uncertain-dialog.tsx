import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { Decision, UncertainView } from "@/api";
import {
  readNeedsQueryKey,
  readUncertainOptions,
  readUncertainQueryKey,
  resolveUncertainMutation,
} from "@/api/@tanstack/react-query.gen";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Failed, Skeleton } from "@/components/ui/states";
import { moment, money } from "@/lib/format";
import { said } from "@/lib/problem";
import { asked, choices, EVERY, fitting, sentAt, type Which } from "@/lib/uncertain";
import { uncertainStrings } from "@/strings/uncertain";

const DECISIONS: readonly Decision[] = ["give_up", "made", "retry"];

/** One decision on many paid calls of which nobody knows whether they were accepted, with what is known. */
export function UncertainDialog({ onClose }: { onClose: () => void }) {
  const [which, setWhich] = useState<Which>(EVERY);
  const client = useQueryClient();
  const calls = useQuery(readUncertainOptions());
  const resolve = useMutation({
    ...resolveUncertainMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: ({ resolved }) => {
      toast.success(uncertainStrings.decided(resolved));
      onClose();
    },
    onSettled: () =>
      Promise.all(
        [readUncertainQueryKey(), readNeedsQueryKey()].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const every = calls.data ?? [];
  const shown = fitting(every, which);
  return (
    <Dialog open onClose={onClose} title={uncertainStrings.title} text={uncertainStrings.text}>
      {calls.isPending && <Skeleton className="h-40" />}
      {calls.error && <Failed error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.data && (
        <>
          <Filter calls={every} which={which} onChange={setWhich} />
          <ul className="flex flex-col gap-2">
            {DECISIONS.map((decision) => (
              <li key={decision}>
                <button
                  type="button"
                  disabled={resolve.isPending || shown.length === 0}
                  className="w-full rounded-lg border border-line px-4 py-3 text-left hover:border-line-strong hover:bg-raised disabled:opacity-50"
                  onClick={() => resolve.mutate({ body: { ...asked(shown, which), decision } })}
                >
                  <span className="block font-medium">
                    {uncertainStrings.decisions[decision].do(shown.length)}
                  </span>
                  <span className="text-muted text-sm">{uncertainStrings.decisions[decision].what}</span>
                </button>
              </li>
            ))}
          </ul>
          <Known calls={shown} />
        </>
      )}
    </Dialog>
  );
}

type FilterProps = { calls: readonly UncertainView[]; which: Which; onChange: (which: Which) => void };

function Filter({ calls, which, onChange }: FilterProps) {
  const fields = [
    { of: "job", found: choices(calls, (each) => ({ value: each.job_id, name: each.job_name })) },
    { of: "provider", found: choices(calls, (each) => ({ value: each.provider, name: null })) },
    {
      of: "credential",
      found: choices(calls, (each) => ({ value: each.credential_id, name: each.credential_name })),
    },
  ] as const;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {fields
        .filter(({ found }) => found.length > 0)
        .map(({ of, found }) => (
          <Field key={of} label={uncertainStrings.of[of]}>
            {(ids) => (
              <Select
                {...ids}
                value={which[of]}
                onChange={(event) => onChange({ ...which, [of]: event.target.value })}
              >
                <option value="">{uncertainStrings.any[of]}</option>
                {found.map(({ value, name }) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ))}
      {(["since", "until"] as const).map((end) => (
        <Field key={end} label={uncertainStrings.of[end]}>
          {(ids) => (
            <Input
              {...ids}
              type="datetime-local"
              value={which[end]}
              onChange={(event) => onChange({ ...which, [end]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function Known({ calls }: { calls: readonly UncertainView[] }) {
  const links = choices(calls, (each) => ({ value: each.usage_url, name: each.provider }));
  if (calls.length === 0) return <p className="text-muted text-sm">{uncertainStrings.none}</p>;
  return (
    <section aria-label={uncertainStrings.known} className="flex flex-col gap-2">
      <ul className="divide-y divide-line rounded-lg border border-line">
        {calls.map((call) => (
          <li key={call.submission_id} className="flex flex-col gap-0.5 px-3 py-2 text-sm">
            <span className="flex items-baseline justify-between gap-2">
              <span className="truncate font-medium">
                {call.job_name ?? uncertainStrings.kinds[call.subject_kind ?? ""] ?? call.subject_kind}
              </span>
              <span className="shrink-0 text-muted tabular-nums">
                {call.billed === null
                  ? uncertainStrings.expected(money(Number(call.cost_estimate)))
                  : uncertainStrings.billed(money(Number(call.billed)))}
              </span>
            </span>
            <span className="text-muted">
              {[call.provider, call.model, call.credential_name].filter(Boolean).join(" · ")}
            </span>
            <span className="text-muted">
              {call.sent_at ? uncertainStrings.sent(moment(sentAt(call))) : uncertainStrings.notKnownSent}
              {" · "}
              {call.known_to_provider ? uncertainStrings.accepted : uncertainStrings.unanswered}
            </span>
            {call.error_message && (
              <span className="text-muted [overflow-wrap:anywhere]">{call.error_message}</span>
            )}
          </li>
        ))}
      </ul>
      {links.map(({ value, name }) => (
        <a
          key={value}
          href={value}
          target="_blank"
          rel="noreferrer"
          className="text-accent text-sm underline"
        >
          {uncertainStrings.usage(name)}
        </a>
      ))}
    </section>
  );
}
