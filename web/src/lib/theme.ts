export type Theme = "system" | "dark" | "light";

const KEY = "rushes.theme"; // public/begin.js reads it before the first paint
const light = () => matchMedia("(prefers-color-scheme: light)");

/** What the user has chosen; `system` until then. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : "system";
}

/** Show a theme and keep it. */
export function saveTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  show();
}

function show(): void {
  const theme = chosenTheme();
  document.documentElement.dataset.theme = theme === "system" ? (light().matches ? "light" : "dark") : theme;
}

/** Follow the system for as long as the page is open. */
export function followSystemTheme(): void {
  light().addEventListener("change", show);
}
