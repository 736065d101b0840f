import type { Finding, Pairing, Reading } from "@/api";
import type { Chosen } from "@/lib/pile";
import { matchStrings } from "@/strings/match";
import { Answer, Ask } from "./question";
import { questionIn } from "./ways";

type Props = {
  errors: readonly Finding[];
  disabled: boolean;
  onAnswer: (answer: Partial<Chosen>) => void;
};

const ORDERS: readonly Pairing[] = ["name", "order", "date"];
const READINGS: readonly Reading[] = ["lines", "paragraphs"];

/** What the server asks of an upload instead of guessing; an answer sends it again. */
export function UploadQuestion({ errors, disabled, onAnswer }: Props) {
  const question = questionIn(errors);
  const pairings: readonly Pairing[] = question.pairing === "variants" ? ["number", ...ORDERS] : ORDERS;
  return (
    <>
      {question.reading && (
        <Ask question={matchStrings.askReading} why={matchStrings.askReadingWhy}>
          {READINGS.map((each) => (
            <Answer
              key={each}
              title={matchStrings.readings[each]}
              detail=""
              disabled={disabled}
              onClick={() => onAnswer({ reading: each })}
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
              detail={matchStrings.pairingHints[each] ?? ""}
              disabled={disabled}
              onClick={() => onAnswer({ pair: each })}
            />
          ))}
        </Ask>
      )}
    </>
  );
}
