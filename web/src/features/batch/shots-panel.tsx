import {
  CircleCheck,
  CircleX,
  ListPlus,
  LoaderCircle,
  PencilLine,
  Shuffle,
  TriangleAlert,
} from "lucide-react";
import type { Finding, Pairing, Reading, UploadCheck } from "@/api";
import { Button } from "@/components/ui/button";
import { Failed } from "@/components/ui/states";
import { matchStrings } from "@/strings/match";
import { Choices } from "./choices";
import { MatchTable } from "./match-table";
import type { Picture } from "./pictures";
import { append, byRow, type Row, unused } from "./rows";
import { Unused } from "./unused";
import { isQuestion } from "./ways";

type Props = {
  rows: readonly Row[];
  own: boolean;
  pictures: readonly Picture[];
  byName: ReadonlyMap<string, Picture>;
  report: UploadCheck | undefined;
  dates: Readonly<Record<string, number>>;
  pair: Pairing | null;
  reading: Reading | null;
  errors: readonly Finding[];
  warnings: readonly Finding[];
  shots: number;
  pending: boolean;
  error: unknown;
  textOnly: boolean;
  disabled: boolean;
  onPair: (pair: Pairing | null) => void;
  onReading: (reading: Reading | null) => void;
  onRetry: () => void;
  onChange: (rows: Row[]) => void;
  onMatchAgain: () => void;
  onEditPrompts: (() => void) | null;
};

/** The table, what is wrong with it as a whole, and what it leaves out. */
export function ShotsPanel(props: Props) {
  const { rows, own, pictures, byName, report, textOnly, disabled, onChange } = props;
  const waits = onlyPromptsMissing(props);
  const errors = waits ? [] : props.errors.filter((each) => !isQuestion(each));
  const warnings = props.warnings.map(inPageWords);
  const general = byRow(rows, errors).rest;
  const left = new Set(unused(rows, [...byName.keys()]));
  const remarks = byRow(rows, warnings).rest.filter((each) => !left.has(each.where));
  return (
    <section aria-labelledby="shots" className="rounded-xl border border-line bg-surface">
      <header className="sticky top-12 z-10 flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 rounded-t-xl border-line border-b bg-surface px-3 py-2">
        <h2 id="shots" className="font-semibold">
          {matchStrings.title}
        </h2>
        <p role="status" className="tnum flex items-center gap-1.5 text-sm">
          <State {...props} />
        </p>
        {own && (
          <Button kind="ghost" size="sm" className="ml-auto" disabled={disabled} onClick={props.onMatchAgain}>
            <Shuffle />
            {matchStrings.matchAgain}
          </Button>
        )}
      </header>
      {props.error !== null && <Failed error={props.error} onRetry={props.onRetry} />}
      {report && !own && (
        <Choices
          report={report}
          pictures={pictures}
          dates={props.dates}
          pair={props.pair}
          reading={props.reading}
          disabled={disabled}
          onPair={props.onPair}
          onReading={props.onReading}
        />
      )}
      {general.length > 0 && (
        <Findings list={general} tone="bad" onEditPrompts={disabled ? null : props.onEditPrompts} />
      )}
      {remarks.length > 0 && <Findings list={remarks} tone="wait" onEditPrompts={null} />}
      <MatchTable
        rows={rows}
        pictures={byName}
        errors={errors}
        warnings={warnings}
        textOnly={textOnly}
        disabled={disabled}
        onChange={onChange}
      />
      <Unused
        pictures={pictures.filter((each) => left.has(each.name))}
        disabled={disabled}
        onUse={(name) => onChange(append(rows, name))}
      />
      <div className="p-2">
        <Button kind="ghost" size="sm" disabled={disabled} onClick={() => onChange(append(rows, null))}>
          <ListPlus />
          {matchStrings.add}
        </Button>
      </div>
    </section>
  );
}

/** What is about all of it is said once, above the shots, in the words of the page. */
function inPageWords(finding: Finding): Finding {
  const message = matchStrings.remarks[finding.code];
  return message ? { ...finding, where: "", message } : finding;
}

/** Images alone are where most begin: no fault, but half of the way. */
function onlyPromptsMissing({ errors, rows, pictures }: Props): boolean {
  return (
    pictures.length > 0 &&
    errors.length > 0 &&
    errors.every((each) => each.code === "no_prompts") &&
    rows.every((each) => !each.prompt)
  );
}

function State(props: Props) {
  const { pending, error, errors, shots, own, rows, pictures, textOnly } = props;
  if (pending)
    return (
      <>
        <LoaderCircle className="size-4 animate-spin text-faint" />
        <span className="text-muted">{matchStrings.checking}</span>
      </>
    );
  if (onlyPromptsMissing(props))
    return <span className="text-muted">{matchStrings.needPrompts(pictures.length)}</span>;
  if (errors.length > 0)
    return (
      <>
        <CircleX className="size-4 text-bad" />
        <span className="font-medium text-bad">{matchStrings.problems(errors.length)}</span>
      </>
    );
  if (error !== null) return null; // it is told below
  const left =
    unused(
      rows,
      pictures.map((each) => each.name),
    ).length + rows.filter((each) => !each.prompt.trim() || (!each.image && !textOnly)).length;
  const Icon = left > 0 ? TriangleAlert : own ? PencilLine : CircleCheck;
  return (
    <>
      <Icon
        className={left > 0 ? "size-4 text-wait" : shots > 0 ? "size-4 text-good" : "size-4 text-faint"}
      />
      <span className="text-muted">
        {matchStrings.shots(shots)} · {own ? matchStrings.own : matchStrings.checked}
      </span>
      {left > 0 && (
        <>
          <span className="font-medium text-wait">· {matchStrings.wontBeMade(left)}</span>
          <Button
            kind="ghost"
            size="sm"
            onClick={() =>
              document
                .querySelector("[data-left-out]")
                ?.scrollIntoView({ block: "center", behavior: "smooth" })
            }
          >
            {matchStrings.showThem}
          </Button>
        </>
      )}
    </>
  );
}

const MOST = 50;

type FindingsProps = { list: readonly Finding[]; tone: "bad" | "wait"; onEditPrompts: (() => void) | null };

function Findings({ list, tone, onEditPrompts }: FindingsProps) {
  return (
    <div
      className={
        tone === "bad" ? "border-line border-b bg-bad-soft px-3 py-2.5" : "border-line border-b px-3 py-2"
      }
    >
      <ul className="flex max-h-48 flex-col gap-1.5 overflow-y-auto text-sm">
        {list.slice(0, MOST).map((each) => (
          <li key={each.where + each.message}>
            <span className={tone === "bad" ? "font-medium text-bad" : "font-medium text-wait"}>
              {each.where}
            </span>{" "}
            <span className={tone === "bad" ? undefined : "text-muted"}>{each.message}</span>
          </li>
        ))}
      </ul>
      {onEditPrompts && (
        <Button size="sm" className="mt-2" onClick={onEditPrompts}>
          <PencilLine />
          {matchStrings.editHere}
        </Button>
      )}
    </div>
  );
}
