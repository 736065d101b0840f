import { Volume2, VolumeX } from "lucide-react";
import { type HTMLAttributes, memo } from "react";
import type { Doc, Story } from "@/features/stories/document";
import { type FilmScene, timecode } from "@/features/stories/film-model";
import { conditionOf } from "@/features/stories/film-room";
import { thumbUrl } from "@/features/stories/film-thumbs";
import { cn } from "@/lib/cn";
import { filmStrings } from "@/strings/story-film";
import { sceneName } from "./names";

const tt = filmStrings.timeline;

/** Pixels on which a cut can be taken hold of: fewer where scenes are short. */
const [LEAST_REACH, MOST_REACH] = [8, 24];

type Props = {
  story: Story;
  document: Doc;
  scene: FilmScene;
  next: FilmScene | null;
  shape: string;
  scale: number;
  /** Which scenes lie above which. */
  layer: number;
  fps: number;
  selected: boolean;
  onSelect: () => void;
  cut: HTMLAttributes<HTMLDivElement>;
};

const same = (a: Props, b: Props): boolean =>
  a.scene === b.scene &&
  a.scale === b.scale &&
  a.selected === b.selected &&
  a.story === b.story &&
  a.document === b.document &&
  a.next?.join.frames === b.next?.join.frames;

/** One scene on the strip: its picture, its name, its transition, and the cut that ends it. */
export const SceneBlock = memo(function SceneBlock(props: Props) {
  const { story, document, scene, next, shape, scale, layer, fps, selected, onSelect, cut } = props;
  const name = sceneName(document, scene);
  const condition = conditionOf(story, scene);
  const section = document.sections.find((each) => each.id === scene.sectionId);
  const width = scene.frames * scale;
  const end = scene.first + scene.frames;
  const reach = Math.min(MOST_REACH, Math.max(LEAST_REACH, width * 0.3));
  const marked = condition === "there" || condition === "missing" ? null : condition;
  return (
    <li
      className="absolute top-0 left-0 h-full"
      // The cut at its end reaches into the next scene, and so lies above it.
      style={{ width, zIndex: layer, transform: `translate3d(${scene.first * scale}px, 0, 0)` }}
    >
      <button
        type="button"
        aria-pressed={selected}
        data-scene={scene.id}
        onClick={onSelect}
        className={cn(
          "absolute inset-x-px inset-y-1 flex items-end gap-1 overflow-hidden rounded-md border bg-center bg-well bg-cover p-1 text-left",
          selected ? "border-accent-text ring-2 ring-accent-text" : "border-line hover:border-line-strong",
        )}
        style={scene.name ? { backgroundImage: `url("${thumbUrl(story.story_id, scene.name, shape)}")` } : {}}
      >
        <span className="truncate rounded bg-black/75 px-1 font-medium text-2xs text-white">{name}</span>
        <span className="sr-only">{tt.cutAt(timecode(scene.first, fps))}</span>
        {section?.muted && (
          <span className="rounded bg-black/75 p-0.5 text-white">
            <VolumeX aria-label={tt.muted} className="size-3" />
          </span>
        )}
        {scene.piece && !scene.piece.still && scene.piece.own_sound !== "off" && (
          <span className="rounded bg-black/75 p-0.5 text-white">
            <Volume2 aria-label={tt.ownSound} className="size-3" />
          </span>
        )}
        {marked && (
          <span
            className={cn(
              "absolute top-1 right-1 rounded px-1 font-medium text-2xs",
              marked === "failed" ? "bg-bad-soft text-bad" : "bg-wait-soft text-wait",
            )}
          >
            {tt[marked]}
          </span>
        )}
      </button>
      {scene.join.frames > 0 && (
        <span
          aria-hidden="true"
          title={tt.transitions[scene.join.kind]}
          className="pointer-events-none absolute top-1 bottom-1 left-0 rounded-sm border border-white/60 bg-black/40"
          style={{
            width: scene.join.frames * scale,
            transform: `translateX(${-scene.before * scale}px)`,
          }}
        />
      )}
      <div
        role="slider"
        tabIndex={0}
        aria-label={tt.cut(name)}
        aria-valuenow={end}
        aria-valuemin={scene.first}
        aria-valuemax={next ? next.first + next.frames : end + 1800}
        aria-valuetext={timecode(end, fps)}
        className="group absolute top-0 h-full cursor-ew-resize touch-none"
        style={{ width: reach, right: -reach / 2 }}
        {...cut}
      >
        <span className="mx-auto block h-full w-0.5 bg-transparent group-hover:bg-accent-fill group-focus-visible:bg-accent-fill" />
      </div>
    </li>
  );
}, same);
