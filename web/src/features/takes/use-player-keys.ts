import { useEffect, useRef } from "react";

export type PlayerRun = Record<
  | "previous"
  | "next"
  | "select"
  | "reject"
  | "advance"
  | "download"
  | "regenerate"
  | "remove"
  | "fullscreen"
  | "help",
  () => unknown
> & { rate: (stars: number) => unknown };

const FRAME = 1 / 24;

/** The player's keys (listed in strings/takes.ts). Not while a dialog is above it. */
export function usePlayerKeys(screen: HTMLVideoElement | null, run: PlayerRun, on: boolean): void {
  const latest = useRef({ screen, run });
  latest.current = { screen, run };
  useEffect(() => {
    if (!on) return;
    let walked = false;
    const clicked = () => {
      walked = false;
    };
    function pressed(event: KeyboardEvent): void {
      if (event.key === "Tab") walked = true;
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("textarea, input:not([type=range]), [role=menu]")
      )
        return;
      const { screen, run } = latest.current;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      // Space presses a button that the keyboard has walked to, not one that was clicked a moment ago.
      if (key === " " && target.closest("button, a")) {
        if (walked) return;
        target.blur();
      }
      // A focused scrubber is moved by arrows.
      if (key.startsWith("Arrow") && target.closest("input[type=range]")) return;
      const does: Record<string, (() => unknown) | undefined> = {
        " ": screen ? () => toggle(screen) : undefined,
        k: screen ? () => toggle(screen) : undefined,
        j: screen ? () => jump(screen, -1) : undefined,
        l: screen ? () => jump(screen, 1) : undefined,
        ",": screen ? () => step(screen, -FRAME) : undefined,
        ".": screen ? () => step(screen, FRAME) : undefined,
        ArrowLeft: run.previous,
        ArrowUp: run.previous,
        ArrowRight: run.next,
        ArrowDown: run.next,
        p: run.select,
        s: run.select,
        x: run.reject,
        a: run.advance,
        d: run.download,
        r: run.regenerate,
        f: run.fullscreen,
        Delete: run.remove,
        "?": run.help,
      };
      const stars = /^[1-5]$/.test(key) ? Number(key) : 0;
      const action = stars > 0 ? () => run.rate(stars) : does[key];
      if (!action) return;
      event.preventDefault();
      action();
    }
    document.addEventListener("keydown", pressed);
    document.addEventListener("pointerdown", clicked);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("pointerdown", clicked);
    };
  }, [on]);
}

function toggle(screen: HTMLVideoElement): void {
  if (screen.paused) void screen.play();
  else screen.pause();
}

function jump(screen: HTMLVideoElement, seconds: number): void {
  const end = Number.isFinite(screen.duration) ? screen.duration : 0;
  screen.currentTime = Math.min(end, Math.max(0, screen.currentTime + seconds));
}

function step(screen: HTMLVideoElement, seconds: number): void {
  screen.pause();
  jump(screen, seconds);
}
