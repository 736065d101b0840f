import { type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type FilmScene, timecode } from "@/features/stories/film-model";
import { conditionOf, type FilmRoom } from "@/features/stories/film-room";
import { marksOf, snapped } from "@/features/stories/film-snap";
import { useEachFrame } from "@/features/stories/use-player";
import { filmStrings } from "@/strings/story-film";
import { sceneName } from "./names";
import { type CutHandlers, SceneBlock } from "./scene-block";
import { Tracks } from "./tracks";
import { useCutDrag } from "./use-cut-drag";

const tt = filmStrings.timeline;
const TICKS = [1, 2, 5, 10, 30, 60, 300];
const TICK_PX = 64;
/** Scrolling draws anew only after so many pixels; as much is drawn beyond either side. */
const STEP_PX = 200;
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
  const latest = useRef({ room, drag, onSelect });
  latest.current = { room, drag, onSelect };
  const { pick, cut } = useHandlers(latest);
  const muted = useMemo(
    () => new Set<string | null>(edits.document.sections.flatMap((each) => (each.muted ? each.id : []))),
    [edits.document.sections],
  );
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
                  storyId={story.story_id}
                  scene={scene}
                  limit={endOf(film.scenes[index + 1])}
                  name={sceneName(edits.document, scene)}
                  condition={conditionOf(story, scene)}
                  muted={muted.has(scene.sectionId)}
                  shape={preview.shape}
                  scale={scale}
                  layer={film.scenes.length - index}
                  fps={film.fps}
                  selected={scene.id === selected}
                  onSelect={pick}
                  cut={cut}
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

const endOf = (scene: FilmScene | undefined) => (scene ? scene.first + scene.frames : null);

type Latest = { room: FilmRoom; drag: CutHandlers; onSelect: (id: string) => void };

/** Handlers that stay the same while the film changes, so that a scene that does not is not drawn again. */
function useHandlers(latest: RefObject<Latest>): { pick: (id: string) => void; cut: CutHandlers } {
  return useMemo(
    () => ({
      pick(id) {
        const { room, onSelect } = latest.current;
        onSelect(id);
        const scene = room.film.scenes.find((each) => each.id === id);
        if (scene) room.player.seek(scene.first);
      },
      cut: {
        begin: (id, event) => latest.current.drag.begin(id, event),
        move: (event) => latest.current.drag.move(event),
        end: (event) => latest.current.drag.end(event),
        cancel: () => latest.current.drag.cancel(),
        key: (id, event) => latest.current.drag.key(id, event),
      },
    }),
    [latest],
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
