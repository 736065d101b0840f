// Which of a list are marked, and what a click with Shift adds.

export type Marks = { readonly ids: ReadonlySet<string>; readonly anchor: string | null };

export const NONE: Marks = { ids: new Set(), anchor: null };

/** A click on `id`: turns it; with `range`, gives all from the last one clicked to it that one's state. */
export function click(marks: Marks, order: readonly string[], id: string, range: boolean): Marks {
  const from = marks.anchor === null ? -1 : order.indexOf(marks.anchor);
  const to = order.indexOf(id);
  const ids = new Set(marks.ids);
  if (!range || from < 0 || to < 0) {
    if (!ids.delete(id)) ids.add(id);
    return { ids, anchor: id };
  }
  const on = marks.anchor !== null && marks.ids.has(marks.anchor);
  for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (on) ids.add(each);
    else ids.delete(each);
  }
  return { ids, anchor: id };
}

/** Turn several together: all on, unless all are on already. */
export function turnAll(marks: Marks, these: readonly string[]): Marks {
  const ids = new Set(marks.ids);
  const on = !these.every((id) => ids.has(id));
  for (const id of these) {
    if (on) ids.add(id);
    else ids.delete(id);
  }
  return { ids, anchor: null };
}

/** Forget those that are not there any more. The same object when there are none. */
export function prune(marks: Marks, there: ReadonlySet<string>): Marks {
  if ([...marks.ids].every((id) => there.has(id))) return marks;
  return { ids: new Set([...marks.ids].filter((id) => there.has(id))), anchor: null };
}
