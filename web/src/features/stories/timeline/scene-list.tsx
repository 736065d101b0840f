import { VolumeX } from "lucide-react";
import { timecode } from "@/features/stories/film-model";
import { conditionOf, type FilmRoom } from "@/features/stories/film-room";
import { thumbUrl } from "@/features/stories/film-thumbs";
import { cn } from "@/lib/cn";
import { filmStrings } from "@/strings/story-film";
import { sceneName } from "./names";

const tt = filmStrings.timeline;

type Props = { room: FilmRoom; selected: string | null; onSelect: (id: string) => void };

/** The timeline on a phone: one scene a line. */
export function SceneList({ room, selected, onSelect }: Props) {
  const { film, edits, player, preview, story } = room;
  return (
    <ol aria-label={tt.list} className="flex flex-col gap-1">
      {film.scenes.map((scene) => {
        const condition = conditionOf(story, scene);
        const section = edits.document.sections.find((each) => each.id === scene.sectionId);
        return (
          <li key={scene.id} className="[contain-intrinsic-size:auto_3.75rem] [content-visibility:auto]">
            <button
              type="button"
              aria-pressed={scene.id === selected}
              data-scene={scene.id}
              onClick={() => {
                onSelect(scene.id);
                player.seek(scene.first);
              }}
              className={cn(
                "flex w-full items-center gap-3 rounded-lg border p-1.5 text-left",
                scene.id === selected ? "border-accent-text bg-accent-soft" : "border-line bg-surface",
              )}
            >
              {scene.name ? (
                <img
                  src={thumbUrl(story.story_id, scene.name, preview.shape)}
                  alt=""
                  loading="lazy"
                  className="h-12 w-10 shrink-0 rounded bg-well object-cover"
                />
              ) : (
                <span className="h-12 w-10 shrink-0 rounded bg-well" />
              )}
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-sm">{sceneName(edits.document, scene)}</span>
                <span className="tnum flex flex-wrap gap-x-2 text-muted text-xs">
                  {timecode(scene.first, film.fps)}
                  <span>{tt.lasts((scene.frames / film.fps).toFixed(1))}</span>
                  {scene.join.frames > 0 && <span>{tt.transitions[scene.join.kind]}</span>}
                  {section?.muted && <VolumeX aria-label={tt.muted} className="size-3.5" />}
                </span>
              </span>
              {(condition === "stale" || condition === "making" || condition === "failed") && (
                <span
                  className={cn(
                    "rounded px-1 font-medium text-2xs",
                    condition === "failed" ? "bg-bad-soft text-bad" : "bg-wait-soft text-wait",
                  )}
                >
                  {tt[condition]}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
