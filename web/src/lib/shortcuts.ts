// Keys that work on every page, unless a field, a menu or a dialog has the keyboard.

export type Shortcuts = {
  go: (to: "/" | "/studio" | "/library" | "/deleted" | "/settings" | "/new") => void;
  palette: () => void;
  help: () => void;
};

const GO = {
  j: "/",
  s: "/studio",
  l: "/library",
  d: "/deleted",
  e: "/settings",
  n: "/new",
} as const;
const SECOND_MS = 1500;

/** Listen for as long as the page is open. Returns how to stop. */
export function listenForShortcuts(run: Shortcuts): () => void {
  let went = 0;
  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      run.palette();
      return;
    }
    const target = event.target as HTMLElement;
    const typing = target.closest(
      "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable], [role=menu], [role=dialog]",
    );
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]"))
      return;
    const second = performance.now() - went < SECOND_MS;
    went = 0;
    const to = second ? GO[event.key as keyof typeof GO] : undefined;
    if (to) run.go(to);
    else if (event.key === "g") went = performance.now();
    else if (event.key === "n") run.go("/new");
    else if (event.key === "?") run.help();
    else if (event.key === "/") {
      const search = document.querySelector<HTMLElement>("main input[type=search]");
      if (search) search.focus();
      else run.palette();
    } else return;
    event.preventDefault();
  }
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
