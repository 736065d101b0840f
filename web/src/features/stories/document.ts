// The document of a story as answers have it: every field is there. And edits of it, made here before the server has.
import type { StoryDocument, StoryView } from "@/api";

type Full<T> = T extends (infer E)[]
  ? Full<E>[]
  : T extends object
    ? { [K in keyof T]-?: Full<Exclude<T[K], undefined>> }
    : T;

export type Doc = Full<StoryDocument>;
export type Section = Doc["sections"][number];
export type Picture = Section["pictures"][number];
export type Voice = Doc["voice"];

/** A story whose document is complete. */
export type Story = Omit<StoryView, "document"> & { document: Doc };

/** A change of fields; what is named changes, inside of objects too, as the server does it. */
export type Change = { readonly [name: string]: unknown };

/** One change a person has made: what becomes of the document, how it is sent, and what it is about. */
export type Edit = {
  apply: (document: Doc) => Doc;
  /** `version`: the version that it was made on; none: whatever holds. */
  send: (storyId: string, version: number) => Promise<StoryView>;
  /** The values it replaces. Two tabs may change different ones without anybody being asked. */
  reads?: (document: Doc) => unknown;
  /** The values that the person saw when they began, if that was a while ago. */
  base?: unknown;
};

/** `given` with a change merged into it. Lists are replaced; so are `options`, as the server does. */
export function merged<T>(given: T, change: Change): T {
  const next: Record<string, unknown> = { ...(given as object) };
  for (const [name, value] of Object.entries(change)) {
    const now = next[name];
    next[name] = isPlain(now) && isPlain(value) && name !== "options" ? merged(now, value) : value;
  }
  return next as T;
}

/** The values that a change replaces, in its own shape. */
export function replaced(given: unknown, change: Change): unknown {
  const now = (given ?? {}) as Record<string, unknown>;
  return Object.entries(change).map(([name, value]) =>
    isPlain(now[name]) && isPlain(value) && name !== "options" ? replaced(now[name], value) : now[name],
  );
}

function isPlain(value: unknown): value is Change {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document with one of its sections changed by `edit`. */
export function withSection(document: Doc, id: string, edit: (section: Section) => Section): Doc {
  return { ...document, sections: document.sections.map((each) => (each.id === id ? edit(each) : each)) };
}

/** The ids in their new order, after one was moved to another place. */
export function moved(ids: readonly string[], id: string, to: number): string[] {
  const others = ids.filter((each) => each !== id);
  const place = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, place), id, ...others.slice(place)];
}

export const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
