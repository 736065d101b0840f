// Paid calls of which nobody knows whether they were accepted: which of them a decision is about.
import type { UncertainView, Verdicts } from "@/api";

/** What the calls have in common; empty: it does not matter. Times as `datetime-local` fields have them. */
export type Which = { job: string; provider: string; credential: string; since: string; until: string };

export const EVERY: Which = { job: "", provider: "", credential: "", since: "", until: "" };

/** Those that fit, as the server chooses them. */
export function fitting(calls: readonly UncertainView[], which: Which): UncertainView[] {
  const since = which.since ? new Date(which.since).getTime() : Number.NEGATIVE_INFINITY;
  const until = which.until ? new Date(which.until).getTime() : Number.POSITIVE_INFINITY;
  return calls.filter((call) => {
    const at = new Date(sentAt(call)).getTime();
    return (
      (!which.job || call.job_id === which.job) &&
      (!which.provider || call.provider === which.provider) &&
      (!which.credential || call.credential_id === which.credential) &&
      since <= at &&
      at < until
    );
  });
}

/** What the server is asked to decide on: those that are shown, and none that comes in meanwhile. */
export function asked(shown: readonly UncertainView[], which: Which): Omit<Verdicts, "decision"> {
  const last = Math.max(...shown.map((call) => new Date(sentAt(call)).getTime()));
  return {
    ...(which.job && { job_id: which.job }),
    ...(which.provider && { provider: which.provider }),
    ...(which.credential && { credential_id: which.credential }),
    ...(which.since && { since: new Date(which.since).toISOString() }),
    // Dates here have milliseconds, the server's have microseconds.
    until: new Date(last + 1).toISOString(),
  };
}

/** When the request went out, or was about to. */
export function sentAt(call: UncertainView): string {
  return call.sent_at ?? call.claimed_at;
}

/** What one can choose among: value and name, each once, in the order in which they come. */
export function choices(
  calls: readonly UncertainView[],
  of: (call: UncertainView) => { value: string | null; name: string | null },
): { value: string; name: string }[] {
  const found = new Map<string, string>();
  for (const call of calls) {
    const { value, name } = of(call);
    if (value && !found.has(value)) found.set(value, name ?? value);
  }
  return [...found].map(([value, name]) => ({ value, name }));
}
