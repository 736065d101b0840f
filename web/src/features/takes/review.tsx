import { Film } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { JobView, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { decisions } from "@/lib/decided";
import { useIdle } from "@/lib/idle";
import { click, type Marks, NONE, prune, turnAll } from "@/lib/marks";
import { passes, type TakeFilter, tally } from "@/lib/take-filter";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { Gallery } from "./gallery";
import { ActionBar, Compare, DecideDialog, fetchLater, Player, RegenerateDialog, Upscales } from "./later";
import { byShot, type Shot } from "./shots";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { Toolbar } from "./toolbar";
import { useReview } from "./use-review";

type Props = {
  job: JobView;
  videos: VideoView[];
  mostChars: number;
  filter: TakeFilter;
  onFilter: (filter: TakeFilter) => void;
  stars: number;
  onStars: (least: number) => void;
  videoId: string | undefined;
  onOpen: (videoId: string | null) => void;
};

/** A job's takes: filtered, marked, played, chosen, made again. */
export function Review(props: Props) {
  const { job, videos, mostChars, filter, onFilter, stars, onStars, videoId, onOpen } = props;
  const [marks, setMarks] = useState<Marks>(NONE);
  const [regenerating, setRegenerating] = useState<VideoView | null>(null);
  const [deciding, setDeciding] = useState<VideoView | null>(null);
  const [upscaling, setUpscaling] = useState<VideoView[]>([]);
  const [comparing, setComparing] = useState<Comparing | null>(null);
  const review = useReview(job.job_id);

  const { decided, all: decidable } = useMemo(() => decisions(videos), [videos]);
  const shown = useMemo(
    () => videos.filter((each) => passes(each, filter, decided) && each.rating >= stars),
    [videos, filter, stars, decided],
  );
  const order = useMemo(() => shown.map((each) => each.video_id), [shown]);
  const shots = useMemo(() => byShot(shown), [shown]);
  const counts = useMemo(() => tally(videos, decided), [videos, decided]);
  const marked = useMemo(() => videos.filter((each) => marks.ids.has(each.video_id)), [videos, marks]);
  const groups = useMemo(() => (comparing ? groupsOf(comparing, videos) : []), [videos, comparing]);
  useEffect(() => {
    const there = new Set(videos.map((each) => each.video_id));
    setMarks((now) => prune(now, there));
  }, [videos]);

  // What tiles are given stays the same object, so that a change of one video draws one tile.
  const shotIds = useMemo(() => comparable(shots), [shots]);
  const latest = useRef({ order, onOpen, shotIds });
  latest.current = { order, onOpen, shotIds };
  const mark = useCallback((video: VideoView, range: boolean) => {
    setMarks((now) => click(now, latest.current.order, video.video_id, range));
  }, []);
  const markShot = useCallback((ids: string[]) => setMarks((now) => turnAll(now, ids)), []);
  const actions = useMemo<TakeActions>(
    () => ({
      open: (video) => latest.current.onOpen(video.video_id),
      mark,
      markShot,
      regenerate: setRegenerating,
      decide: setDeciding,
      compare: (of) =>
        setComparing(
          "shot" in of
            ? { shots: latest.current.shotIds, start: of.shot }
            : { takes: of.takes.slice(0, MOST_COMPARED).map((each) => each.video_id) },
        ),
      ...review,
    }),
    [mark, markShot, review],
  );

  const idle = useIdle();
  useEffect(() => {
    if (idle) fetchLater();
  }, [idle]);
  useMarkAllKeys(
    () => setMarks({ ids: new Set(order), anchor: null }),
    () => setMarks(NONE),
    videoId === undefined && !regenerating && !deciding && !comparing,
  );

  return (
    <>
      <Toolbar
        counts={counts}
        filter={filter}
        onFilter={onFilter}
        stars={stars}
        onStars={onStars}
        allMarked={order.length > 0 && order.every((id) => marks.ids.has(id))}
        onMarkAll={() => markShot(order)}
        decided={decidable > 0 ? takesStrings.gallery.decided(decided.size, decidable) : null}
        onCompare={shotIds[0] ? () => actions.compare({ shot: firstOpen(shotIds, decided) }) : null}
      />
      {shots.length === 0 ? (
        <Nothing
          icon={Film}
          title={takesStrings.gallery.emptyFilter}
          text={takesStrings.gallery.emptyFilterText}
        >
          {filter !== "all" && (
            <Button onClick={() => onFilter("all")}>{takesStrings.gallery.showAll}</Button>
          )}
          {stars > 0 && <Button onClick={() => onStars(0)}>{reviewStrings.stars.any}</Button>}
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
      {/* A boundary each: while one part comes, the others stay as they are. */}
      <Suspense>
        {idle && <Upscales videos={videos} asked={upscaling} onAsked={() => setUpscaling([])} />}
      </Suspense>
      <Suspense>
        {marked.length > 0 && (
          <ActionBar
            job={job}
            marked={marked}
            actions={actions}
            onUpscale={setUpscaling}
            onDone={() => setMarks(NONE)}
          />
        )}
      </Suspense>
      <Suspense>
        {videoId && (
          <Player
            job={job}
            videos={shown.some((each) => each.video_id === videoId) ? shown : videos}
            videoId={videoId}
            onOpen={onOpen}
            actions={actions}
            blocked={regenerating !== null || deciding !== null}
          />
        )}
      </Suspense>
      <Suspense>
        {comparing && groups.length > 0 && (
          <Compare
            groups={groups.map((each) => each.takes)}
            start={Math.max(
              0,
              groups.findIndex((each) => "shots" in comparing && each.id === comparing.start),
            )}
            decided={takesStrings.gallery.decided(decided.size, decidable)}
            shape={shapeOf(job)}
            actions={actions}
            onClose={() => setComparing(null)}
          />
        )}
      </Suspense>
      <Suspense>
        {regenerating && (
          <RegenerateDialog
            video={regenerating}
            videos={videos}
            mostChars={mostChars}
            onClose={() => setRegenerating(null)}
            onMade={(made) => videoId && onOpen(made)}
          />
        )}
      </Suspense>
      <Suspense>{deciding && <DecideDialog video={deciding} onClose={() => setDeciding(null)} />}</Suspense>
    </>
  );
}

/** What is compared: a walk through shots from one of them, or some takes. */
type Comparing = { shots: readonly string[]; start: string } | { takes: readonly string[] };

/** Shots with something to look at. */
function comparable(shots: readonly Shot[]): string[] {
  return shots.filter((each) => each.takes.some((take) => take.status === "completed")).map(({ id }) => id);
}

/** Where a walk begins: at the first shot that is not decided. */
function firstOpen(shotIds: readonly string[], decided: ReadonlySet<string>): string {
  return shotIds.find((each) => !decided.has(each)) ?? shotIds[0] ?? "";
}

/** The takes as they are now. A walk keeps its shots, also when the filter would not show one any more. */
function groupsOf(comparing: Comparing, videos: readonly VideoView[]): { id: string; takes: VideoView[] }[] {
  if ("takes" in comparing) {
    const takes = videos.filter((each) => comparing.takes.includes(each.video_id));
    return takes.length > 0 ? [{ id: "", takes }] : [];
  }
  const shots = byShot(videos.filter((each) => each.status === "completed"));
  return comparing.shots.flatMap((id) => shots.filter((each) => each.id === id));
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
