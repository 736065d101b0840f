// Prompts that were used, the last first; kept in the browser, longer than their videos may be.

const KEY = "rushes.prompts";
const MOST = 30;

/** One more at the front; each once. */
export function remember(history: readonly string[], prompt: string): string[] {
  return [prompt, ...history.filter((each) => each !== prompt)].slice(0, MOST);
}

/** A list out of anything: what is no text is left out. */
export function readHistory(kept: unknown): string[] {
  return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
}

export function keptHistory(): string[] {
  try {
    return readHistory(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return []; // somebody else's text
  }
}

export function keepHistory(history: readonly string[]): void {
  localStorage.setItem(KEY, JSON.stringify(history));
}
