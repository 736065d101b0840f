import { useEffect, useState } from "react";
import type { Pile } from "@/lib/pile";
import { type Contents, contentsOf } from "./pictures";
import { NotReadable } from "./zip";

const NOTHING: Contents = { pictures: [], prompts: [], others: [], dates: {} };

/**
 * What a pile holds, a ZIP looked into. `unreadable` when this browser cannot; `error` is what the server
 * says against it; `empty` when nothing is in it.
 */
export function useContents(pile: Pile) {
  const [contents, setContents] = useState(NOTHING);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try reads the same pile again
  useEffect(() => {
    let gone = false;
    contentsOf(pile).then(
      (found) => {
        if (gone) return;
        setContents(found);
        setError(null);
      },
      (failed: unknown) => {
        if (gone) return;
        setContents(NOTHING);
        setError(failed);
      },
    );
    return () => {
      gone = true;
    };
  }, [pile, tries]);
  const empty = pile.zip !== null && contents.pictures.length === 0 && contents.prompts.length === 0;
  const unreadable = error instanceof NotReadable;
  return {
    ...contents,
    unreadable,
    error: unreadable ? null : error,
    empty: empty && contents !== NOTHING,
    again: () => setTries((before) => before + 1),
  };
}
