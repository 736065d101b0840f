// The edits of a story: what a person does, as one value that can be shown at once, sent, and sent again.
import * as api from "./api";
import { type Change, type Doc, type Edit, merged, replaced, type Section, withSection } from "./document";

const EMPTY = {
  heading: "",
  narration: "",
  on_screen: "",
  visual_prompt: "",
  keywords: [],
  locked: false,
  muted: false,
  voice: null,
  pictures: [],
  move: null,
  scene: null,
  transition: null,
  pause_after: 0.45,
  seconds: null,
  own_sound: "off",
  recording: "",
  variants: { speech: 0, picture: 0, scene: 0 },
} as const;

type JsonBody = Parameters<typeof api.updateStory>[1]["change"];

/** Change fields of the document. `note`: what it is called in the history. */
export function changeStory(change: Change, note = ""): Edit {
  return {
    apply: (document) => merged(document, change),
    send: (id, version) => api.updateStory(id, { change: change as JsonBody, version, note }),
    reads: (document) => replaced(document, change),
  };
}

/** Change fields of a section. `base`: what they were when the person began to type. */
export function changeSection(sectionId: string, change: Change, base?: Change): Edit {
  return {
    ...(base ? { base: replaced(base, change) } : {}),
    apply: (document) => withSection(document, sectionId, (section) => merged(section, change)),
    send: (id, version) => api.updateSection(id, sectionId, { change: change as JsonBody, version }),
    reads: (document) => replaced(find(document, sectionId), change),
  };
}

/** Add a section behind another one, or at the end. Its id is chosen here, so that it can be shown at once. */
export function addSection(change: Change, after: string | null, id = newId()): Edit {
  const section = { ...EMPTY, ...change, id } as unknown as Section;
  return {
    apply: (document) => {
      if (find(document, id)) return document;
      const place = after === null ? document.sections.length : place_of(document, after) + 1;
      const sections = [...document.sections];
      sections.splice(place, 0, section);
      return { ...document, sections };
    },
    send: (story) => api.addSection(story, { section: { ...change, id } as JsonBody, after }),
  };
}

export function removeSection(sectionId: string): Edit {
  return {
    apply: (document) => ({
      ...document,
      sections: document.sections.filter((each) => each.id !== sectionId),
    }),
    send: (id) => api.removeSection(id, sectionId),
  };
}

/** Put the sections in another order. */
export function reorder(order: readonly string[]): Edit {
  return {
    apply: (document) => {
      const by = new Map(document.sections.map((each) => [each.id, each]));
      const sections = order.flatMap((each) => by.get(each) ?? []);
      return sections.length === document.sections.length ? { ...document, sections } : document;
    },
    send: (id) => api.reorderSections(id, { order: [...order] }),
  };
}

/** Cut a section in two before a character. The second part's id comes from the server: shown when it has. */
export function split(sectionId: string, at: number): Edit {
  return { apply: (document) => document, send: (id) => api.splitSection(id, sectionId, { at }) };
}

/** Make a section and the one after it into one. */
export function merge(sectionId: string): Edit {
  return {
    apply: (document) => {
      const place = place_of(document, sectionId);
      const [first, second] = document.sections.slice(place, place + 2);
      if (place < 0 || !first || !second) return document;
      const narration = `${first.narration} ${second.narration}`.trim();
      const sections = [...document.sections];
      sections.splice(place, 2, { ...first, narration });
      return { ...document, sections };
    },
    send: (id) => api.mergeSections(id, sectionId),
  };
}

/** Ask for another speech, picture or scene of the same inputs: the next run makes it, and pays for it. */
export function another(sectionId: string, what: "speech" | "picture" | "scene"): Edit {
  return {
    apply: (document) =>
      withSection(document, sectionId, (section) => ({
        ...section,
        variants: { ...section.variants, [what]: section.variants[what] + 1 },
      })),
    send: (id) => api.askForAnother(id, sectionId, what),
  };
}

/** Make an earlier version hold again. */
export function restore(number: number): Edit {
  return { apply: (document) => document, send: (id) => api.restoreVersion(id, number) };
}

function find(document: Doc, id: string): Section | undefined {
  return document.sections.find((each) => each.id === id);
}

function place_of(document: Doc, id: string): number {
  return document.sections.findIndex((each) => each.id === id);
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(4))]
    .map((each) => each.toString(16).padStart(2, "0"))
    .join("");
}
