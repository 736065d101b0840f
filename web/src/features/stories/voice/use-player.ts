import { useEffect, useRef, useState } from "react";
import type { SectionSpeech } from "@/api";

export type Place = { sectionId: string; time: number };

/** Plays the speech of sections, one piece after the other. `place` is where it is: seconds in a section. */
export function usePlayer(speech: readonly SectionSpeech[]) {
  const [place, setPlace] = useState<Place | null>(null);
  const [playing, setPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement | null>(null);
  const now = useRef({ speech, sectionId: "", piece: 0, all: false });
  now.current.speech = speech;

  useEffect(() => {
    let frame = 0;
    const tick = () => {
      const { speech: all, sectionId, piece } = now.current;
      const start = all.find((each) => each.section_id === sectionId)?.pieces[piece]?.start;
      if (audio.current && start !== undefined && !audio.current.paused) {
        setPlace({ sectionId, time: start + audio.current.currentTime });
      }
      frame = requestAnimationFrame(tick);
    };
    if (playing) frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [playing]);
  useEffect(() => () => audio.current?.pause(), []);

  function start(sectionId: string, piece: number, at: number): void {
    audio.current?.pause();
    const found = now.current.speech.find((each) => each.section_id === sectionId)?.pieces[piece];
    if (!found) {
      setPlaying(false);
      return;
    }
    now.current = { ...now.current, sectionId, piece };
    const sound = new Audio(found.url);
    audio.current = sound;
    sound.currentTime = at;
    sound.addEventListener("ended", () => {
      if (audio.current === sound) next();
    });
    sound.addEventListener("error", () => audio.current === sound && setPlaying(false));
    setPlaying(true);
    setPlace({ sectionId, time: found.start + at });
    sound.play().catch(() => audio.current === sound && setPlaying(false));
  }
  function next(): void {
    const { speech: every, sectionId, piece, all } = now.current;
    const at = every.findIndex((each) => each.section_id === sectionId);
    if ((every[at]?.pieces.length ?? 0) > piece + 1) {
      start(sectionId, piece + 1, 0);
      return;
    }
    const after = all ? every.slice(at + 1).find((each) => each.pieces.length > 0) : undefined;
    if (after) start(after.section_id, 0, 0);
    else {
      setPlaying(false);
      setPlace(null);
    }
  }
  // The same for as long as the page is open: sections that do not play are not drawn again with each frame.
  const [keys] = useState(() => ({
    /** Play from a time of a section; `all`: and continue with those after it. */
    play(sectionId: string, time = 0, all = false): void {
      now.current.all = all;
      const pieces = now.current.speech.find((each) => each.section_id === sectionId)?.pieces ?? [];
      const piece = Math.max(
        0,
        pieces.findLastIndex((each) => each.start <= time),
      );
      start(sectionId, piece, Math.max(0, time - (pieces[piece]?.start ?? 0)));
    },
    pause(): void {
      audio.current?.pause();
      setPlaying(false);
    },
  }));
  return { place, playing, keys };
}

export type PlayerKeys = ReturnType<typeof usePlayer>["keys"];
