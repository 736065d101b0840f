import { Volume2, VolumeX } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent } from "react";
import { type FilmScene, timecode } from "@/features/stories/film-model";
import type { Condition } from "@/features/stories/film-room";
import { thumbUrl } from "@/features/stories/film-thumbs";
import { cn } from "@/lib/cn";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;

/** Pixels on which a cut can be taken hold of: fewer where scenes are short. */
const [LEAST_REACH, MOST_REACH] = [8, 24];

type Props = {
  storyId: string;
  scene: FilmScene;
  /** The frame at which the scene after it ends; null: it is the last one. */
  limit: number | null;
  name: string;
  condition: Condition;
  muted: boolean;
  shape: string;
  scale: number;
  /** Which scenes lie above which. */
  layer: number;
  fps: number;
  selected: boolean;
  /** The same for as long as the strip is there. */
  onSelect: (id: string) => void;
  cut: CutHandlers;
};

export type CutHandlers = {
  begin: (id: string, event: PointerEvent) => void;
  move: (event: PointerEvent) => void;
  end: (event: PointerEvent) => void;
  cancel: () => void;
  key: (id: string, event: KeyboardEvent) => void;
};

/** One scene on the strip: its picture, its name, its transition, and the cut that ends it. */
export const SceneBlock = memo(
  function SceneBlock(props: Props) {
    const { storyId, scene, limit, name, condition, muted, shape, scale, layer, fps, selected } = props;
    const { onSelect, cut } = props;
    const width = scene.frames * scale;
    const end = scene.first + scene.frames;
    const reach = Math.min(MOST_REACH, Math.max(LEAST_REACH, width * 0.3));
    return (
      <li
        className="absolute top-0 left-0 h-full"
        // The cut at its end reaches into the next scene, and so lies above it. Not a layer of its own for each
        // scene: moving hundreds of layers costs more than painting what is in sight.
        style={{ width, zIndex: layer, transform: `translateX(${scene.first * scale}px)` }}
      >
        <Face
          id={scene.id}
          url={scene.name ? thumbUrl(storyId, scene.name, shape) : ""}
          name={name}
          time={timecode(scene.first, fps)}
          muted={muted}
          sounds={scene.piece !== null && !scene.piece.still && scene.piece.own_sound !== "off"}
          mark={condition === "there" || condition === "missing" ? null : condition}
          selected={selected}
          onSelect={onSelect}
        />
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
          aria-valuemax={limit ?? end + 1800}
          aria-valuetext={timecode(end, fps)}
          className="group absolute top-0 h-full cursor-ew-resize touch-none"
          style={{ width: reach, right: -reach / 2 }}
          onPointerDown={(event) => cut.begin(scene.id, event)}
          onPointerMove={cut.move}
          onPointerUp={cut.end}
          onPointerCancel={cut.cancel}
          onKeyDown={(event) => cut.key(scene.id, event)}
        >
          <span className="mx-auto block h-full w-0.5 bg-transparent group-hover:bg-accent-fill group-focus-visible:bg-accent-fill" />
        </div>
      </li>
    );
  },
  (a, b) =>
    sameScene(a.scene, b.scene) &&
    (Object.keys(a) as (keyof Props)[]).every((key) => key === "scene" || a[key] === b[key]),
);

/** Whether two scenes look alike: a drag builds the film anew for every picture. */
function sameScene(a: FilmScene, b: FilmScene): boolean {
  return (
    a.id === b.id &&
    a.first === b.first &&
    a.frames === b.frames &&
    a.name === b.name &&
    a.before === b.before &&
    a.join.frames === b.join.frames &&
    a.join.kind === b.join.kind &&
    a.piece?.own_sound === b.piece?.own_sound
  );
}

type FaceProps = {
  id: string;
  url: string;
  name: string;
  time: string;
  muted: boolean;
  sounds: boolean;
  mark: "stale" | "making" | "failed" | null;
  selected: boolean;
  onSelect: (id: string) => void;
};

const Face = memo(function Face({ id, url, name, time, muted, sounds, mark, selected, onSelect }: FaceProps) {
  return (
    <button
      type="button"
      aria-pressed={selected}
      // Not text in the button: all later scenes change it while a cut is dragged, and text is laid out again.
      aria-label={[name, tt.cutAt(time), muted && tt.muted, sounds && tt.ownSound, mark && tt[mark]]
        .filter(Boolean)
        .join(", ")}
      data-scene={id}
      onClick={() => onSelect(id)}
      className={cn(
        "absolute inset-x-px inset-y-1 flex items-end gap-1 overflow-hidden rounded-md border bg-center bg-well bg-cover p-1 text-left",
        selected ? "border-accent-text ring-2 ring-accent-text" : "border-line hover:border-line-strong",
      )}
      style={url ? { backgroundImage: `url("${url}")` } : {}}
    >
      <span className="truncate rounded bg-black/75 px-1 font-medium text-2xs text-white">{name}</span>
      {muted && (
        <span className="rounded bg-black/75 p-0.5 text-white">
          <VolumeX className="size-3" />
        </span>
      )}
      {sounds && (
        <span className="rounded bg-black/75 p-0.5 text-white">
          <Volume2 className="size-3" />
        </span>
      )}
      {mark && (
        <span
          className={cn(
            "absolute top-1 right-1 rounded px-1 font-medium text-2xs",
            mark === "failed" ? "bg-bad-soft text-bad" : "bg-wait-soft text-wait",
          )}
        >
          {tt[mark]}
        </span>
      )}
    </button>
  );
});
