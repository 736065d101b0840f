import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { timecode } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { marksOf, snapped } from "@/features/stories/film-snap";
import { useEachFrame } from "@/features/stories/use-player";
import { filmStrings } from "@/strings/story-film";
import { SceneBlock } from "./scene-block";
import { Tracks } from "./tracks";
import { useCutDrag } from "./use-cut-drag";

const tt = filmStrings.timeline;
const TICKS = [1, 2, 5, 10, 30, 60, 300];
const TICK_PX = 64;
/** Scrolling draws anew only after so many pixels; as much is drawn beyond either side. */
const STEP_PX = 400;
const SNAP_PX = 8;
const ROW = "relative border-line border-t";

type Props = {
  room: FilmRoom;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Pixels of a frame. */
  scale: number;
};

/** The film in real time: one strip, of which only what is in sight is there. */
export function Strip({ room, selected, onSelect, scale }: Props) {
  const { film, player, preview, edits, story } = room;
  const box = useRef<HTMLElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const seen = useSeen(box);
  const marks = useMemo(() => marksOf(film), [film]);
  const drag = useCutDrag(room, scale, marks, SNAP_PX);
  const width = film.frames * scale;
  const [first, last] = [(seen.left - STEP_PX) / scale, (seen.left + seen.width + STEP_PX) / scale];
  const inSight = (start: number, end: number) => end >= first && start <= last;

  useEachFrame(player, ({ frame, playing }) => {
    const x = frame * scale;
    if (head.current) head.current.style.transform = `translate3d(${x}px, 0, 0)`;
    const view = box.current;
    if (!view || !playing) return;
    const gone = x < view.scrollLeft || x > view.scrollLeft + view.clientWidth - 40;
    if (gone) view.scrollLeft = Math.max(0, x - 80);
  });

  function frameAt(event: PointerEvent): number {
    const { left } = event.currentTarget.getBoundingClientRect();
    return (event.clientX - left) / scale;
  }
  function scrub(event: PointerEvent<HTMLDivElement>): void {
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    if (!(event.buttons & 1)) return;
    player.seek(snapped(marks, frameAt(event), event.altKey ? 0 : SNAP_PX / scale));
  }
  const second = TICKS.find((each) => each * film.fps * scale >= TICK_PX) ?? 300;
  const step = second * film.fps;
  const ticks: number[] = [];
  for (let at = Math.max(0, Math.floor(first / step)) * step; at <= Math.min(last, film.frames); at += step) {
    ticks.push(at);
  }
  return (
    <section
      ref={box}
      className="relative overflow-x-auto overflow-y-hidden rounded-lg border border-line bg-surface"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
      tabIndex={0}
      aria-label={tt.label}
    >
      <div className="relative" style={{ width: Math.max(width + 24, 100) }}>
        <div
          className="relative h-6 cursor-col-resize touch-none"
          style={{ width }}
          onPointerDown={scrub}
          onPointerMove={scrub}
        >
          {ticks.map((at) => (
            <span
              key={at}
              className="tnum absolute top-0 h-full border-line border-l pl-1 text-2xs text-faint"
              style={{ transform: `translateX(${at * scale}px)` }}
            >
              {timecode(at, film.fps)}
            </span>
          ))}
        </div>
        <ol className={`${ROW} isolate h-20`} aria-label={tt.tracks.picture}>
          {film.scenes.map(
            (scene, index) =>
              inSight(scene.first, scene.first + scene.frames) && (
                <SceneBlock
                  key={scene.id}
                  story={story}
                  document={edits.document}
                  scene={scene}
                  next={film.scenes[index + 1] ?? null}
                  shape={preview.shape}
                  scale={scale}
                  layer={film.scenes.length - index}
                  fps={film.fps}
                  selected={scene.id === selected}
                  onSelect={() => {
                    onSelect(scene.id);
                    player.seek(scene.first);
                  }}
                  cut={{
                    onPointerDown: (event) => drag.begin(scene.id, event),
                    onPointerMove: drag.move,
                    onPointerUp: drag.end,
                    onPointerCancel: drag.cancel,
                    onKeyDown: (event: KeyboardEvent) => drag.key(scene.id, event),
                  }}
                />
              ),
          )}
        </ol>
        <Tracks room={room} scale={scale} inSight={inSight} />
        <div
          ref={head}
          aria-hidden="true"
          className="pointer-events-none absolute top-0 left-0 z-[9999] h-full w-px bg-accent-fill will-change-transform"
        >
          <span className="-left-1.5 absolute top-0 size-3 rounded-b-sm bg-accent-fill" />
        </div>
      </div>
    </section>
  );
}

/** What of a box is in sight, in steps. */
function useSeen(box: RefObject<HTMLElement | null>): { left: number; width: number } {
  const [seen, setSeen] = useState({ left: 0, width: 1600 });
  useEffect(() => {
    const view = box.current;
    if (!view) return;
    const look = () => {
      const left = Math.floor(view.scrollLeft / STEP_PX) * STEP_PX;
      const width = Math.ceil(view.clientWidth / STEP_PX + 1) * STEP_PX;
      setSeen((now) => (now.left === left && now.width === width ? now : { left, width }));
    };
    look();
    view.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(view);
    return () => {
      view.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [box]);
  return seen;
}
