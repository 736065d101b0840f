// Where the keyboard is when a dialog comes, and where it is when the dialog has left. Radix gives it back to a
// dialog's own trigger only, and ours are opened by whatever is on the page.
import { useRef } from "react";

const FIELDS = [
  "input:not([type=hidden], [type=file], :disabled)",
  "textarea:not(:disabled)",
  "select:not(:disabled)",
];

type Wish = {
  /** What has the keyboard first: the first field, if there is one; or nothing but the dialog itself. */
  first: "field" | "itself";
  /** What has it in the end, if not what had it before. */
  after?: () => HTMLElement | null;
};

/** For a dialog's content: gives the keyboard back to what had it before. */
export function useFocusBack({ first, after }: Wish) {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus(event: Event): void {
      const dialog = event.currentTarget as HTMLElement;
      before.current = opener(document.activeElement);
      const wanted = first === "itself" ? dialog : dialog.querySelector<HTMLElement>(FIELDS.join());
      if (!wanted) return;
      wanted.focus({ preventScroll: true });
      if (document.activeElement === wanted) event.preventDefault();
    },
    onCloseAutoFocus(event: Event): void {
      event.preventDefault();
      const now = document.activeElement;
      if (now && now !== document.body) return; // somebody has given it to something already
      const back = after?.() ?? before.current;
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    },
  };
}

/** A menu is gone when its dialog is: its button stands for it. */
function opener(active: Element | null): Element | null {
  const button = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return button ? document.getElementById(button) : active;
}
