import { Clapperboard } from "lucide-react";
import { useRef, useState, useSyncExternalStore } from "react";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import type { FilmScene } from "@/features/stories/film-model";
import { conditionOf, type FilmRoom, useFilmRoom } from "@/features/stories/film-room";
import { Player } from "@/features/stories/player";
import type { TabProps } from "@/features/stories/tabs";
import { filmStrings } from "@/strings/story-film";
import { timelineActions } from "./actions";
import { editorKey } from "./editor-keys";
import { Inspector } from "./inspector";
import { Music } from "./music";
import { ReplaceDialog } from "./replace-dialog";
import { SceneList } from "./scene-list";
import { Strip } from "./strip";
import { Toolbar } from "./toolbar";
import { useKeys } from "./use-keys";

const tt = filmStrings.timeline;
const LEAST_SCALE = 0.05;
const MOST_SCALE = 12;
const TALL = "h-[min(52vh,40rem)]";
const NARROW = "(max-width: 639px)";

export function Tab({ story }: TabProps) {
  const { room, error, refetch } = useFilmRoom(story);
  if (error && !room) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!room) return <Waiting />;
  if (room.film.scenes.length === 0)
    return <Nothing icon={Clapperboard} title={tt.empty} text={tt.emptyText} />;
  return <Timeline room={room} />;
}

const Waiting = () => (
  <div className="flex flex-col gap-3 p-4 sm:p-6">
    <Skeleton className="h-[46vh]" />
    <Skeleton className="h-44" />
  </div>
);

function Timeline({ room }: { room: FilmRoom }) {
  const { film, edits, player, preview, story } = room;
  const narrow = useMatches(NARROW);
  const [selectedId, select] = useState<string | null>(null);
  const [replacing, setReplacing] = useState<FilmScene | null>(null);
  const [scale, setScale] = useState<number | null>(null);
  const [said, announce] = useState("");
  const fit = Math.max(LEAST_SCALE, (Math.min(window.innerWidth, 1792) - 80) / Math.max(1, film.frames));
  const shown = scale ?? Math.min(MOST_SCALE, Math.max(fit, 0.8));
  const zoom = (by: number) =>
    setScale(Math.min(Math.max(shown * by, Math.min(fit, LEAST_SCALE * 4)), MOST_SCALE));
  const selected = film.scenes.find((each) => each.id === selectedId) ?? null;
  const section = edits.document.sections.find((each) => each.id === selected?.sectionId);
  const act = timelineActions(room, selected, select, announce);
  const tools = useStable({
    ...act,
    zoom,
    replace: () => setReplacing(selected),
    fit: () => setScale(fit),
  });
  useKeys((event) => editorKey(event, room, act, zoom));
  const stale = film.scenes.filter((each) => conditionOf(story, each) === "stale").length;
  return (
    <div className="mx-auto flex w-full max-w-[112rem] flex-col gap-3 px-4 py-4 sm:px-6">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <Player storyId={story.story_id} player={player} preview={preview} className={TALL} />
        {!narrow && <Aside room={room} scene={selected} />}
      </div>
      {stale > 0 && <p className="text-wait text-xs">{filmStrings.preview.stale(stale)}</p>}
      <Toolbar
        act={tools}
        canUndo={edits.canUndo}
        canRedo={edits.canRedo}
        isSection={Boolean(section)}
        isMuted={section?.muted ?? false}
        canReplace={act.canSplit(selected)}
        onReplace={tools.replace}
        hasZoom={!narrow}
        zoom={tools.zoom}
        onFit={tools.fit}
      />
      {narrow ? (
        <SceneList room={room} selected={selectedId} onSelect={select} />
      ) : (
        <Strip room={room} selected={selectedId} onSelect={select} scale={shown} />
      )}
      {narrow && <Aside room={room} scene={selected} />}
      <p role="status" className="sr-only">
        {said}
      </p>
      {replacing && <ReplaceDialog room={room} scene={replacing} onClose={() => setReplacing(null)} />}
    </div>
  );
}

function Aside({ room, scene }: { room: FilmRoom; scene: FilmScene | null }) {
  return (
    <div
      // Beside the preview it is as tall as that, so that the strip stays in sight.
      className="flex flex-col gap-4 overflow-y-auto rounded-lg border border-line bg-surface p-3 lg:h-[min(52vh,40rem)]"
    >
      <Inspector room={room} scene={scene} />
      <Music room={room} />
    </div>
  );
}

/** Functions that stay the same and do what the newest ones would. */
function useStable<T extends Record<string, (...given: never[]) => unknown>>(functions: T): T {
  const latest = useRef(functions);
  latest.current = functions;
  const [stable] = useState(() => {
    const names = Object.keys(functions) as (keyof T)[];
    return Object.fromEntries(
      names.map((name) => [name, (...given: never[]) => latest.current[name]?.(...given)]),
    ) as T;
  });
  return stable;
}

function useMatches(query: string): boolean {
  const [list] = useState(() => window.matchMedia(query));
  return useSyncExternalStore(
    (hear) => {
      list.addEventListener("change", hear);
      return () => list.removeEventListener("change", hear);
    },
    () => list.matches,
  );
}
