import { useCallback, useEffect, useRef, useState } from "react";

const IDLE_MS = 2000;

/** Text that is being typed: kept here while somebody types, handed on when they pause or leave the field, so
 * that a sentence is one version and not forty. What comes from elsewhere is shown unless it is being edited;
 * `base` is what was there when the person began. */
export function useDraft(value: string, onCommit: (value: string, base: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const base = useRef(value);
  const latest = useRef({ draft, onCommit });
  latest.current = { draft, onCommit };
  const commit = useCallback(() => {
    const { draft: text, onCommit: send } = latest.current;
    if (text === null || text.trim() === base.current.trim()) return;
    send(text.trim(), base.current);
    base.current = text.trim();
  }, []);
  const flush = useCallback(() => {
    commit();
    latest.current.draft = null;
    setDraft(null);
  }, [commit]);
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(commit, IDLE_MS);
    return () => clearTimeout(timer);
  }, [draft, commit]);
  useEffect(() => {
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush(); // another tab of the story was opened
    };
  }, [flush]);
  return {
    flush,
    field: {
      value: draft ?? value,
      onChange: (event: { target: { value: string } }) => {
        if (latest.current.draft === null) base.current = value;
        setDraft(event.target.value);
      },
      onBlur: flush,
    },
  };
}
