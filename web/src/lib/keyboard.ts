// The names of keys as the keyboard in front of the page has them.

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
const TOUCH = matchMedia("(pointer: coarse)");

/** The keys that send a form: `⌘+Enter`, `Ctrl+Enter`; null where there is no keyboard. */
export function sendKeys(): string | null {
  if (TOUCH.matches) return null;
  return APPLE ? "⌘+Enter" : "Ctrl+Enter";
}
