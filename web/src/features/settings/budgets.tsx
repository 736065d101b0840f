import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { BudgetsView, CapView, CostsView } from "@/api";
import { getBudgetsQueryKey, putBudgetsMutation } from "@/api/@tanstack/react-query.gen";
import { Button, buttonLook } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Progress } from "@/components/ui/progress";
import { count, money } from "@/lib/format";
import { said } from "@/lib/problem";
import { settingsStrings } from "@/strings/settings";
import { readCap, typedCap, usedShare } from "./caps";
import { Section } from "./section";

/** What may be spent, and what was. */
export function Budgets({ budgets, costs }: { budgets: BudgetsView; costs: CostsView }) {
  const [day, setDay] = useState(typedCap(budgets.day.cap));
  const [month, setMonth] = useState(typedCap(budgets.month.cap));
  const client = useQueryClient();
  const save = useMutation({
    ...putBudgetsMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (now) => {
      client.setQueryData(getBudgetsQueryKey(), now);
      toast.success(settingsStrings.money.saved);
    },
  });
  const caps = { day: readCap(day), month: readCap(month) };
  const right = caps.day !== undefined && caps.month !== undefined;
  const changed = day !== typedCap(budgets.day.cap) || month !== typedCap(budgets.month.cap);
  return (
    <Section id="money" title={settingsStrings.sections.money} text={settingsStrings.money.text}>
      <form
        className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (right) save.mutate({ body: { day: caps.day ?? null, month: caps.month ?? null } });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Cap label={settingsStrings.money.day} view={budgets.day} typed={day} onType={setDay} />
          <Cap label={settingsStrings.money.month} view={budgets.month} typed={month} onType={setMonth} />
        </div>
        <Button type="submit" className="self-start" disabled={!right || !changed || save.isPending}>
          {settingsStrings.money.save}
        </Button>
      </form>
      <Costs costs={costs} />
    </Section>
  );
}

type CapProps = { label: string; view: CapView; typed: string; onType: (typed: string) => void };

function Cap({ label, view, typed, onType }: CapProps) {
  const share = usedShare(view.spent, view.cap);
  const spent = money(Number(view.spent));
  const words =
    view.cap === null
      ? settingsStrings.money.spent(spent)
      : settingsStrings.money.of(spent, money(Number(view.cap)));
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={label}
        hint={settingsStrings.money.capHint}
        error={readCap(typed) === undefined ? settingsStrings.money.capWrong : undefined}
      >
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            autoComplete="off"
            placeholder="—"
            value={typed}
            onChange={(event) => onType(event.target.value)}
          />
        )}
      </Field>
      {share !== null && (
        <Progress
          label={`${label}: ${words}`}
          value={share}
          parts={[{ share: share / 100, tone: share >= 100 ? "bad" : share >= 80 ? "wait" : "accent" }]}
        />
      )}
      <p className="tnum text-muted text-sm">{words}</p>
    </div>
  );
}

const HEAD = "px-3 py-2 text-left font-medium text-faint text-xs sm:px-4";
const CELL = "tnum px-3 py-2 text-right sm:px-4";

function Costs({ costs }: { costs: CostsView }) {
  if (costs.rows.length === 0) return <p className="text-muted text-sm">{settingsStrings.money.none}</p>;
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <table className="w-full text-sm">
          <caption className="sr-only">{settingsStrings.money.costs}</caption>
          <thead>
            <tr className="border-line border-b">
              <th scope="col" className={HEAD}>
                {settingsStrings.money.provider}
              </th>
              <th scope="col" className={`${HEAD} text-right`}>
                {settingsStrings.money.videos}
              </th>
              <th scope="col" className={`${HEAD} text-right`}>
                {settingsStrings.money.settled}
              </th>
              <th scope="col" className={`${HEAD} text-right`}>
                {settingsStrings.money.open}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {costs.rows.map((row) => (
              <tr key={row.key}>
                <th scope="row" className="px-3 py-2 text-left sm:px-4 font-medium">
                  {row.label}
                </th>
                <td className={CELL}>{count(row.videos)}</td>
                <td className={CELL}>{money(Number(row.settled))}</td>
                <td className={CELL}>{money(Number(row.open))}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="border-line border-t font-semibold">
              <th scope="row" className="px-3 py-2 text-left sm:px-4">
                {settingsStrings.money.total}
              </th>
              <td className={CELL}>{count(costs.rows.reduce((sum, row) => sum + row.videos, 0))}</td>
              <td className={CELL}>{money(Number(costs.settled))}</td>
              <td className={CELL}>{money(Number(costs.open))}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <a href="/api/costs.csv?by=day" download className={buttonLook({ className: "self-start" })}>
        <Download />
        {settingsStrings.money.export}
      </a>
    </div>
  );
}
