// Undo and redo without limit: documents share what did not change, so that a thousand edits cost little.

export type History<T> = { past: readonly T[]; present: T; future: readonly T[]; group: string };

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], group: "" });

/** A new state. Edits of one group that follow each other (a drag, a slider) are one step. */
export function commit<T>(history: History<T>, next: T, group = ""): History<T> {
  if (next === history.present) return history;
  const goesOn = group !== "" && group === history.group;
  return {
    past: goesOn ? history.past : [...history.past, history.present],
    present: next,
    future: [],
    group,
  };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: last,
    future: [history.present, ...history.future],
    group: "",
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, group: "" };
}

/** What was changed elsewhere (another tab, the engine) becomes the present; steps back stay. */
export const rebase = <T>(history: History<T>, present: T): History<T> =>
  history.present === present ? history : { ...history, present, group: "" };
