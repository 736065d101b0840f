// Edits of a film by hand, with undo and redo without limit. Each is shown at once and sent in its turn; steps back
// undo what was done here and leave what others changed meanwhile.
import { useCallback, useSyncExternalStore } from "react";
import type { Doc, Story } from "./document";
import { changeStory } from "./edits";
import { begin, commit, type History, redo, undo } from "./film-history";
import { difference, replay } from "./film-steps";
import { useEdit } from "./use-story";

type Kept = { history: History<Doc>; draft: Doc | null };

/** Kept while the page is open, so that another tab of the story does not forget what can be undone. */
const kept = new Map<string, Kept>();
const watchers = new Set<() => void>();

function change(id: string, next: Kept): void {
  kept.set(id, next);
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export type FilmEdits = ReturnType<typeof useFilmEdits>;

export function useFilmEdits(story: Story) {
  const id = story.story_id;
  const edit = useEdit(id);
  const own = useSyncExternalStore(subscribe, () => kept.get(id));
  const document = own?.draft ?? story.document;

  const send = useCallback(
    (next: Doc, note: string) => {
      const fields = difference(story.document, next);
      if (Object.keys(fields).length > 0) edit.mutate(changeStory(fields, note));
    },
    [edit, story.document],
  );

  /** Make an edit. Edits of one group that follow each other are undone together. */
  const apply = useCallback(
    (next: Doc, note = "", group = "") => {
      const now = kept.get(id)?.history ?? begin(story.document);
      // What others have changed is no step of ours.
      const base = now.present === story.document ? now : { ...now, present: story.document };
      change(id, {
        history: commit(group === "" ? base : { ...base, group: now.group }, next, group),
        draft: null,
      });
      send(next, note);
    },
    [id, send, story.document],
  );

  /** Show an edit that is still being made (a drag); null: none. */
  const setDraft = useCallback(
    (draft: Doc | null) => change(id, { history: kept.get(id)?.history ?? begin(story.document), draft }),
    [id, story.document],
  );

  const step = useCallback(
    (to: (history: History<Doc>) => History<Doc>, note: string) => {
      const now = kept.get(id)?.history;
      const next = now && to(now);
      if (!now || !next || next === now) return false;
      change(id, { history: next, draft: null });
      send(replay(story.document, now.present, next.present), note);
      return true;
    },
    [id, send, story.document],
  );

  return {
    document,
    apply,
    setDraft,
    undo: useCallback(() => step(undo, "Undo."), [step]),
    redo: useCallback(() => step(redo, "Redo."), [step]),
    canUndo: (own?.history.past.length ?? 0) > 0,
    canRedo: (own?.history.future.length ?? 0) > 0,
  };
}
