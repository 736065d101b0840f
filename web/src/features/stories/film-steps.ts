// What an edit was, as fields: what is sent, and what a step back takes back.
import type { Doc, Section } from "./document";

/** The fields of the document that differ, with their new values: what is sent. */
export function difference(before: Doc, after: Doc): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(after) as (keyof Doc)[]) {
    if (before[name] !== after[name] && JSON.stringify(before[name]) !== JSON.stringify(after[name])) {
      found[name] = after[name];
    }
  }
  return found;
}

/** `now` with what differs from `before` to `after` made: a step back or forth that leaves what others changed. */
export function replay(now: Doc, before: Doc, after: Doc): Doc {
  const { sections, ...fields } = difference(before, after) as Partial<Doc>;
  const next = { ...now, ...fields };
  if (!sections) return next;
  const ids = (document: Doc) => document.sections.map((each) => each.id).join();
  if (ids(before) !== ids(after)) {
    // Sections came, went or moved: those of `after`, as they are now where that step was not about them.
    const changed = (section: Section) =>
      JSON.stringify(before.sections.find((each) => each.id === section.id)) !== JSON.stringify(section);
    const current = new Map(now.sections.map((each) => [each.id, each]));
    return {
      ...next,
      sections: sections.map((each) => (changed(each) ? each : (current.get(each.id) ?? each))),
    };
  }
  return {
    ...next,
    sections: now.sections.map((section) => {
      const [from, to] = [before, after].map((each) => each.sections.find((one) => one.id === section.id));
      if (!from || !to || from === to) return section;
      const names = (Object.keys(to) as (keyof Section)[]).filter(
        (name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]),
      );
      return { ...section, ...Object.fromEntries(names.map((name) => [name, to[name]])) };
    }),
  };
}
