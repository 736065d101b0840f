import { memo } from "react";
import type { FilmRoom } from "@/features/stories/film-room";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;
const ROW = "relative border-line border-t";
const LEAST_WORD_PX = 14;

type Props = { room: FilmRoom; scale: number; inSight: (start: number, end: number) => boolean };

/** What lies under the pictures: titles, words, voice, music. */
export const Tracks = memo(function Tracks({ room, scale, inSight }: Props) {
  const { film, edits } = room;
  const { music, sections } = edits.document;
  const place = (start: number, end: number) => ({
    width: Math.max(1, (end - start) * scale - 1),
    transform: `translate3d(${start * scale}px, 0, 0)`,
  });
  const words = film.words.filter((each) => inSight(each.start, each.end));
  return (
    <div aria-hidden="true">
      <div className={`${ROW} h-6`}>
        {film.scenes.map(
          (scene) =>
            scene.title &&
            inSight(scene.first, scene.first + scene.title.frames) && (
              <span
                key={scene.id}
                className="absolute top-0.5 left-0 h-5 truncate rounded bg-accent-soft px-1 text-2xs text-accent-text"
                style={place(scene.first, scene.first + scene.title.frames)}
              >
                {sections.find((each) => each.id === scene.sectionId)?.on_screen}
              </span>
            ),
        )}
      </div>
      <div className={`${ROW} h-6`}>
        {words.map(({ start, end, text }) => (
          <span
            key={start}
            className="absolute top-0.5 left-0 h-5 overflow-hidden whitespace-nowrap rounded-sm bg-raised px-0.5 text-2xs text-muted"
            style={place(start, end)}
          >
            {(end - start) * scale > LEAST_WORD_PX ? text : ""}
          </span>
        ))}
      </div>
      <div className={`${ROW} h-5`}>
        {film.speech.map(
          ([start, end]) =>
            inSight(start, end) && (
              <span
                key={start}
                className="absolute top-1 left-0 h-3 rounded-sm bg-good-soft"
                style={place(start, end)}
              />
            ),
        )}
      </div>
      <div className={`${ROW} h-5`}>
        {music.kind !== "off" && (
          <span
            className="absolute top-0.5 left-0 h-4 truncate rounded-sm bg-wait-soft px-1 text-2xs text-wait"
            style={place(0, film.frames)}
          >
            {music.kind === "bed" ? tt.bed : tt.file}
          </span>
        )}
      </div>
    </div>
  );
});
