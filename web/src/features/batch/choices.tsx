import { type ReactNode, useEffect, useRef } from "react";
import type { Pairing, Reading, UploadCheck } from "@/api";
import { Select } from "@/components/ui/field";
import { matchStrings } from "@/strings/match";
import type { Picture } from "./pictures";
import { Answer, Ask } from "./question";
import { inOrder, pairingsIn, questionIn, readingsIn } from "./ways";

type Props = {
  report: UploadCheck;
  pictures: readonly Picture[];
  dates: Readonly<Record<string, number>>;
  pair: Pairing | null;
  reading: Reading | null;
  disabled: boolean;
  onPair: (pair: Pairing | null) => void;
  onReading: (reading: Reading | null) => void;
};

const AUTOMATIC = "";

/** How images pair with prompts and how prompts are split: asked where it is in doubt, else a quiet choice. */
export function Choices(props: Props) {
  const { report, pictures, dates, pair, reading, disabled, onPair, onReading } = props;
  const question = questionIn(report.errors);
  const pairings = pairingsIn(report, pair);
  const readings = readingsIn(report);
  const bar = useRef<HTMLDivElement>(null);
  const answered = useRef<"pair" | "reading" | null>(null);
  // The answer takes its button away: the keyboard stays at what was chosen.
  useEffect(() => {
    if (!answered.current) return;
    const select = bar.current?.querySelector<HTMLSelectElement>(`select[name=${answered.current}]`);
    if (!select) return;
    answered.current = null;
    select.focus();
  });
  const choosePair = pairings.length > 0 && !question.pairing && report.pairs.some((each) => each.prompt);
  const chooseReading = (readings.length > 1 || reading !== null) && !question.reading;
  return (
    <>
      {question.reading && (
        <Ask question={matchStrings.askReading} why={matchStrings.askReadingWhy}>
          {readings.map(([each, count]) => (
            <Answer
              key={each}
              title={matchStrings.readings[each]}
              detail={matchStrings.promptsMany(count)}
              disabled={disabled}
              onClick={() => {
                answered.current = "reading";
                onReading(each);
              }}
            />
          ))}
        </Ask>
      )}
      {question.pairing && (
        <Ask question={matchStrings.askPairing} why={matchStrings.askPairingWhy[question.pairing]}>
          {pairings.map((each) => (
            <Answer
              key={each}
              title={matchStrings.pairings[each]}
              detail={first(inOrder(each, pictures, dates)) ?? matchStrings.pairingHints[each] ?? ""}
              disabled={disabled}
              onClick={() => {
                answered.current = "pair";
                onPair(each);
              }}
            />
          ))}
        </Ask>
      )}
      {(choosePair || chooseReading) && (
        <div
          ref={bar}
          className="flex flex-wrap items-center gap-x-5 gap-y-2 border-line border-b px-3 py-2 text-sm"
        >
          {choosePair && (
            <Choice label={matchStrings.pairing}>
              <Select
                name="pair"
                className="h-7! w-auto! max-w-full text-sm!"
                value={pair ?? AUTOMATIC}
                disabled={disabled}
                onChange={(event) => onPair((event.target.value || null) as Pairing | null)}
              >
                <option value={AUTOMATIC}>
                  {matchStrings.automatic(pair === null ? report.paired_by : null)}
                </option>
                {pairings.map((each) => (
                  <option key={each} value={each}>
                    {matchStrings.pairings[each]}
                  </option>
                ))}
              </Select>
            </Choice>
          )}
          {chooseReading && (
            <Choice label={matchStrings.reading}>
              <Select
                name="reading"
                className="h-7! w-auto! max-w-full text-sm!"
                value={reading ?? AUTOMATIC}
                disabled={disabled}
                onChange={(event) => onReading((event.target.value || null) as Reading | null)}
              >
                <option value={AUTOMATIC}>{matchStrings.automatic(null)}</option>
                {(readings.length > 0 ? readings.map(([each]) => each) : reading ? [reading] : []).map(
                  (each) => (
                    <option key={each} value={each}>
                      {matchStrings.readings[each]}
                    </option>
                  ),
                )}
              </Select>
            </Choice>
          )}
        </div>
      )}
    </>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the select is the child
    <label className="flex min-w-0 items-center gap-2 text-muted">
      <span className="shrink-0">{label}</span>
      {children}
    </label>
  );
}

const SHOWN = 3;

function first(names: readonly string[] | null): string | null {
  if (!names) return null;
  return names.slice(0, SHOWN).join(", ") + (names.length > SHOWN ? ", …" : "");
}
