// Caps on spending as they are typed.

/** Dollars out of what was typed: null is no cap, undefined is no amount. */
export function readCap(typed: string): string | null | undefined {
  const plain = typed
    .trim()
    .replace(/^\$\s*/, "")
    .replace(",", ".");
  if (plain === "") return null;
  return /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? plain : undefined;
}

/** `20.000000` as it is typed: `20`. */
export function typedCap(cap: string | null): string {
  return cap === null ? "" : String(Number(cap));
}

/** Percent of a cap that is used, 0 to 100; null without one. */
export function usedShare(spent: string, cap: string | null): number | null {
  if (cap === null) return null;
  if (Number(cap) === 0) return 100;
  return Math.min(100, (100 * Number(spent)) / Number(cap));
}
