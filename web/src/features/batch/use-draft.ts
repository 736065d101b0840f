import { useEffect, useRef, useState } from "react";
import type { Pairing, Reading } from "@/api";
import type { BatchSettings } from "@/lib/batch-settings";
import { EMPTY, type Pile } from "@/lib/pile";
import { forgetDraft, keepFiles, keepWords, keptFiles, keptWords } from "./draft-store";
import type { Row } from "./rows";
import type { PromptsFrom } from "./use-batch";

/** All that is written and chosen; `rows` when a person has changed the matching. */
export type Words = {
  name: string;
  project: string | null;
  settings: BatchSettings;
  from: PromptsFrom;
  pasted: string;
  rows: Row[] | null;
  pair: Pairing | null;
  reading: Reading | null;
};

const TYPING_MS = 500;
const NOTHING_CHOSEN = { project: null, pair: null, reading: null };

/** What is put together for the next job; it is there again after a reload. */
export function useDraft(
  settings: BatchSettings,
  known: (provider: string) => boolean,
  like: BatchSettings | null,
) {
  const start: Words = { ...NOTHING_CHOSEN, name: "", settings, from: "file", pasted: "", rows: null };
  const [words, setWords] = useState<Words>(start);
  const [pile, setPile] = useState<Pile>(EMPTY);
  const [loaded, setLoaded] = useState(false);
  const [back, setBack] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const over = useRef(false);
  const unkept = useRef<Words | null>(null);
  const isKnown = useRef(known);
  const wanted = useRef(like);

  useEffect(() => {
    let gone = false;
    const oldWords = keptWords<Words>();
    if (oldWords && isKnown.current(oldWords.settings.provider)) setWords({ ...NOTHING_CHOSEN, ...oldWords });
    // Asked for just now: it counts more than what was left earlier.
    const { current: other } = wanted;
    if (other) setWords((now) => ({ ...now, settings: other }));
    keptFiles<Pile>()
      .then((oldPile) => {
        if (gone) return;
        if (oldPile) setPile(oldPile);
        setBack(Boolean(oldPile && (oldPile.zip || oldPile.images.length + oldPile.prompts.length > 0)));
      })
      // A browser that keeps nothing (a private window) starts empty each time.
      .catch(() => undefined)
      .finally(() => !gone && setLoaded(true));
    return () => {
      gone = true;
    };
  }, []);

  useEffect(() => {
    if (!loaded || over.current) return;
    unkept.current = words;
    const timer = setTimeout(() => keepNow(unkept, setTooLarge), TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, loaded]);

  // Whoever leaves in the middle of a word finds it again.
  useEffect(() => {
    const leave = () => keepNow(unkept, setTooLarge);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
      leave();
    };
  }, []);

  useEffect(() => {
    if (!loaded || over.current) return;
    keepFiles(pile)
      .then(() => setTooLarge(false))
      .catch(() => setTooLarge(pile.images.length > 0 || pile.zip !== null));
  }, [pile, loaded]);

  return {
    words,
    pile,
    loaded,
    back,
    tooLarge,
    setPile,
    change: (change: Partial<Words>) => setWords((now) => ({ ...now, ...change })),
    /** The job is there: nothing of it is a draft any more. */
    finish: async () => {
      over.current = true;
      unkept.current = null;
      await forgetDraft().catch(() => undefined);
    },
    startOver: () => {
      setWords(start);
      setPile(EMPTY);
      setBack(false);
    },
  };
}

function keepNow(unkept: { current: Words | null }, setTooLarge: (tooLarge: boolean) => void) {
  if (!unkept.current) return;
  const kept = keepWords(unkept.current);
  unkept.current = null;
  if (!kept) setTooLarge(true);
}
