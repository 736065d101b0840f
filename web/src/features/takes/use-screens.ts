import { useCallback, useEffect, useRef, useState } from "react";

const DRIFT = 0.12;
const FRAME = 1 / 24;

/** Several videos played as one: the first leads, the others follow. */
export function useScreens() {
  const screens = useRef(new Map<string, HTMLVideoElement>());
  const [playing, setPlaying] = useState(() => !matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [time, setTime] = useState({ at: 0, of: 0 });
  const all = () => [...screens.current.values()];

  const ref = useCallback(
    (id: string) => (screen: HTMLVideoElement | null) => {
      if (screen) screens.current.set(id, screen);
      else screens.current.delete(id);
    },
    [],
  );
  function play(on: boolean): void {
    setPlaying(on);
    const [first] = all();
    for (const screen of all()) {
      if (first) screen.currentTime = first.currentTime;
      if (on)
        void screen.play().catch(() => undefined); // taken away before it could begin
      else screen.pause();
    }
  }
  function seek(seconds: number): void {
    for (const screen of all()) screen.currentTime = Math.max(0, seconds);
    setTime((now) => ({ ...now, at: Math.max(0, seconds) }));
  }
  function jump(seconds: number): void {
    seek((all()[0]?.currentTime ?? 0) + seconds);
  }
  function step(frames: number): void {
    play(false);
    jump(frames * FRAME);
  }

  // Takes of one length drift apart by a frame or two while they loop.
  useEffect(() => {
    const timer = setInterval(() => {
      const [first, ...others] = [...screens.current.values()];
      if (!first) return;
      const of = Number.isFinite(first.duration) ? first.duration : 0;
      setTime((now) => (now.at === first.currentTime && now.of === of ? now : { at: first.currentTime, of }));
      if (first.paused) return;
      for (const each of others)
        if (Math.abs(each.currentTime - first.currentTime) > DRIFT) each.currentTime = first.currentTime;
    }, 100);
    return () => clearInterval(timer);
  }, []);
  return { ref, playing, play, seek, jump, step, time };
}
