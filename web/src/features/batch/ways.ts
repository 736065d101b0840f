// The ways to pair images with prompts and to split prompts: which are offered, and what each would do.
import type { Finding, Pairing, Reading, UploadCheck } from "@/api";
import { byName } from "@/lib/pile";
import type { Picture } from "./pictures";

const PAIRINGS: readonly Pairing[] = ["number", "name", "order", "date", "all"];
const ASK_PAIRING = ["no_order", "no_number_meets", "names_unclear", "variants"] as const;
const ASK_READING = "two_readings";

export type PairingQuestion = (typeof ASK_PAIRING)[number];
export type Question = { pairing: PairingQuestion | null; reading: boolean };

/** What the server asks instead of guessing. */
export function questionIn(errors: readonly Finding[]): Question {
  return {
    pairing: ASK_PAIRING.find((code) => errors.some((each) => each.code === code)) ?? null,
    reading: errors.some((each) => each.code === ASK_READING),
  };
}

/** Whether a finding is asked about, and so is no problem of its own. */
export function isQuestion(finding: Finding): boolean {
  return finding.code === ASK_READING || ASK_PAIRING.some((code) => code === finding.code);
}

/** The ways to pair that there are now, in one order. */
export function pairingsIn(report: UploadCheck, chosen: Pairing | null): Pairing[] {
  return PAIRINGS.filter(
    (each) => each === chosen || each === report.paired_by || report.pairings.includes(each),
  );
}

/** The ways to split the prompts, each with how many there would be. */
export function readingsIn(report: UploadCheck): [Reading, number][] {
  return Object.entries(report.readings) as [Reading, number][];
}

/** The images in the order that a way to pair gives them; null where it is not one of order. */
export function inOrder(
  pairing: Pairing,
  pictures: readonly Picture[],
  dates: Readonly<Record<string, number>>,
): string[] | null {
  const named = byName(pictures);
  if (pairing === "name") return named.map((each) => each.name);
  if (pairing === "order") return pictures.map((each) => each.name);
  if (pairing === "date")
    return named.sort((a, b) => (dates[a.name] ?? 0) - (dates[b.name] ?? 0)).map((each) => each.name);
  return null;
}
