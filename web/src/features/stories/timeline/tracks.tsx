import { memo } from "react";
import type { FilmWord } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;
const ROW = "relative border-line border-t";
/** Pixels that a letter needs; a word that does not fit is not written. */
const LETTER_PX = 7;

type Props = { room: FilmRoom; scale: number; inSight: (start: number, end: number) => boolean };

/** What lies under the pictures: titles, words, voice, music. */
export const Tracks = memo(function Tracks({ room, scale, inSight }: Props) {
  const { film, edits } = room;
  const { music, sections } = edits.document;
  const at = (start: number, end: number) => ({
    width: Math.max(1, (end - start) * scale - 1),
    transform: `translateX(${start * scale}px)`,
  });
  const words = film.words.filter((each) => inSight(each.start, each.end));
  // A word too narrow to be read is a mark, and all marks are one shape: hundreds of elements would not keep up.
  const fits = ({ start, end, text }: FilmWord) => (end - start) * scale > text.length * LETTER_PX;
  const wide = words.filter(fits);
  const narrow = words.filter((each) => !fits(each));
  const width = film.frames * scale;
  const marks = (spans: readonly (readonly [number, number])[], top: number, height: number): string =>
    spans
      .map(([start, end]) => {
        const across = Math.max(1, (end - start) * scale - 1);
        return `M${start * scale} ${top}h${across}v${height}h${-across}z`;
      })
      .join("");
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
                style={at(scene.first, scene.first + scene.title.frames)}
              >
                {sections.find((each) => each.id === scene.sectionId)?.on_screen}
              </span>
            ),
        )}
      </div>
      <div className={`${ROW} h-6`}>
        <Marks width={width} height={24} className="fill-raised">
          {marks(
            narrow.map(({ start, end }) => [start, end]),
            2,
            20,
          )}
        </Marks>
        {wide.map(({ start, end, text }, place) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: words move while a cut is dragged; none has a state
            key={place}
            className="absolute top-0.5 left-0 h-5 overflow-hidden whitespace-nowrap rounded-sm bg-raised px-0.5 text-2xs text-muted"
            style={at(start, end)}
          >
            {text}
          </span>
        ))}
      </div>
      <div className={`${ROW} h-5`}>
        <Marks width={width} height={20} className="fill-good-soft">
          {marks(
            film.speech.filter(([start, end]) => inSight(start, end)),
            4,
            12,
          )}
        </Marks>
      </div>
      <div className={`${ROW} h-5`}>
        {music.kind !== "off" && (
          <span
            className="absolute top-0.5 left-0 h-4 truncate rounded-sm bg-wait-soft px-1 text-2xs text-wait"
            style={at(0, film.frames)}
          >
            {music.kind === "bed" ? tt.bed : tt.file}
          </span>
        )}
      </div>
    </div>
  );
});

/** Many marks as one shape. */
function Marks({
  width,
  height,
  className,
  children,
}: {
  width: number;
  height: number;
  className: string;
  children: string;
}) {
  return (
    <svg aria-hidden="true" className={`absolute top-0 left-0 ${className}`} width={width} height={height}>
      <path d={children} />
    </svg>
  );
}
