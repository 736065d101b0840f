import { Film } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JobView, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { click, type Marks, NONE, prune, turnAll } from "@/lib/marks";
import { byShot } from "@/lib/shots";
import { passes, type TakeFilter, tally } from "@/lib/take-filter";
import { tt } from "@/strings/takes";
import { ActionBar } from "./action-bar";
import { DecideDialog } from "./decide-dialog";
import { Gallery } from "./gallery";
import { Player } from "./player";
import { RegenerateDialog } from "./regenerate-dialog";
import type { TakeActions } from "./take-actions";
import { Toolbar } from "./toolbar";
import { useGoOn } from "./use-go-on";
import { useSelect } from "./use-select";

type Props = {
  job: JobView;
  videos: VideoView[];
  mostChars: number;
  filter: TakeFilter;
  onFilter: (filter: TakeFilter) => void;
  videoId: string | undefined;
  onOpen: (videoId: string | null) => void;
};

/** A job's takes: filtered, marked, played, chosen, made again. */
export function Review({ job, videos, mostChars, filter, onFilter, videoId, onOpen }: Props) {
  const [marks, setMarks] = useState<Marks>(NONE);
  const [regenerating, regenerate] = useState<VideoView | null>(null);
  const [deciding, decide] = useState<VideoView | null>(null);
  const select = useSelect(job.job_id);
  const goOn = useGoOn(job.job_id);

  const shown = useMemo(() => videos.filter((each) => passes(each, filter)), [videos, filter]);
  const order = useMemo(() => shown.map((each) => each.video_id), [shown]);
  const shots = useMemo(() => byShot(shown), [shown]);
  const counts = useMemo(() => tally(videos), [videos]);
  const marked = useMemo(() => videos.filter((each) => marks.ids.has(each.video_id)), [videos, marks]);
  useEffect(() => {
    const there = new Set(videos.map((each) => each.video_id));
    setMarks((now) => prune(now, there));
  }, [videos]);

  // What tiles are given stays the same object, so that a change of one video draws one tile.
  const latest = useRef({ order, onOpen });
  latest.current = { order, onOpen };
  const mark = useCallback((video: VideoView, range: boolean) => {
    setMarks((now) => click(now, latest.current.order, video.video_id, range));
  }, []);
  const markShot = useCallback((ids: string[]) => setMarks((now) => turnAll(now, ids)), []);
  const actions = useMemo<TakeActions>(
    () => ({
      open: (video) => latest.current.onOpen(video.video_id),
      mark,
      markShot,
      select,
      regenerate,
      decide,
      goOn,
    }),
    [mark, markShot, select, goOn],
  );

  useMarkAllKeys(
    () => setMarks({ ids: new Set(order), anchor: null }),
    () => setMarks(NONE),
    videoId === undefined && !regenerating && !deciding,
  );

  return (
    <>
      <Toolbar
        counts={counts}
        filter={filter}
        onFilter={onFilter}
        allMarked={order.length > 0 && order.every((id) => marks.ids.has(id))}
        onMarkAll={() => markShot(order)}
      />
      {shots.length === 0 ? (
        <Nothing icon={Film} title={tt.gallery.emptyFilter} text={tt.gallery.emptyFilterText}>
          {filter !== "all" && <Button onClick={() => onFilter("all")}>{tt.gallery.showAll}</Button>}
        </Nothing>
      ) : (
        <Gallery
          shots={shots}
          shape={shapeOf(job)}
          paused={job.status === "paused"}
          marks={marks.ids}
          actions={actions}
        />
      )}
      <ActionBar job={job} marked={marked} select={select} onDone={() => setMarks(NONE)} />
      <Player
        job={job}
        videos={shown.some((each) => each.video_id === videoId) ? shown : videos}
        videoId={videoId}
        onOpen={onOpen}
        actions={actions}
        blocked={regenerating !== null || deciding !== null}
      />
      <RegenerateDialog
        video={regenerating}
        videos={videos}
        mostChars={mostChars}
        onClose={() => regenerate(null)}
        onMade={(made) => videoId && onOpen(made)}
      />
      <DecideDialog video={deciding} onClose={() => decide(null)} />
    </>
  );
}

/** Width to height of a job's videos, by its settings: the places are right before the pictures come. */
function shapeOf(job: JobView): number {
  const { aspect_ratio } = (job.settings.options ?? {}) as { aspect_ratio?: string };
  const [width = 16, height = 9] = (aspect_ratio ?? "").split(":").map(Number);
  return width > 0 && height > 0 ? width / height : 16 / 9;
}

/** Ctrl+A marks all that is shown, Escape unmarks, unless a field or a dialog has the keyboard. */
function useMarkAllKeys(all: () => void, none: () => void, on: boolean): void {
  const run = useRef({ all, none });
  run.current = { all, none };
  useEffect(() => {
    if (!on) return;
    function pressed(event: KeyboardEvent): void {
      const target = event.target as HTMLElement;
      if (
        event.defaultPrevented ||
        target.closest("input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]")
      )
        return;
      if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        run.current.all();
      } else if (event.key === "Escape") run.current.none();
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [on]);
}
