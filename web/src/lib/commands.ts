// What can be done now, for the palette: pages add what they offer for as long as they are shown.
import { useEffect, useRef } from "react";

export type Command = { id: string; title: string; run: () => unknown };

const offered = new Map<symbol, () => readonly Command[]>();

/** Offer these while the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const key = Symbol("commands");
    offered.set(key, () => latest.current);
    return () => {
      offered.delete(key);
    };
  }, []);
}

/** All that is offered now. */
export function commandsNow(): Command[] {
  return [...offered.values()].flatMap((each) => each());
}

/** Those that have all words of what was typed, as they come. */
export function matching<T extends { title: string }>(list: readonly T[], typed: string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
}
