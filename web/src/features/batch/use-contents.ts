import { useEffect, useState } from "react";
import type { Pile } from "@/lib/pile";
import { type Contents, contentsOf } from "./pictures";

const NOTHING: Contents = { pictures: [], prompts: null };

/** What a pile holds, a ZIP looked into. `unreadable` when it cannot be; `empty` when nothing is in it. */
export function useContents(pile: Pile): Contents & { unreadable: boolean; empty: boolean } {
  const [contents, setContents] = useState(NOTHING);
  const [unreadable, setUnreadable] = useState(false);
  useEffect(() => {
    let gone = false;
    contentsOf(pile).then(
      (found) => {
        if (gone) return;
        setContents(found);
        setUnreadable(false);
      },
      () => {
        if (gone) return;
        setContents(NOTHING);
        setUnreadable(true);
      },
    );
    return () => {
      gone = true;
    };
  }, [pile]);
  const empty = pile.zip !== null && contents.pictures.length === 0 && contents.prompts === null;
  return { ...contents, unreadable, empty: empty && contents !== NOTHING };
}
