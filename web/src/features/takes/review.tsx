import { Film } from "lucide-react";
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ErrorType, JobView, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { useCommands } from "@/lib/commands";
import { decisions } from "@/lib/decided";
import { useIdle } from "@/lib/idle";
import { useKept } from "@/lib/kept";
import { click, type Marks, NONE, prune, turnAll } from "@/lib/marks";
import { isRefused } from "@/lib/refused";
import { passes, type TakeFilter, tally } from "@/lib/take-filter";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { type Comparing, comparable, firstOpen, groupsOf, shapeOf } from "./compare-groups";
import { Gallery } from "./gallery";
import { SIZES } from "./gallery-layout";
import {
  ActionBar,
  Compare,
  DecideDialog,
  fetchLater,
  MoreDialog,
  Player,
  PromptsDialog,
  RegenerateDialog,
  Upscales,
} from "./later";
import { byShot } from "./shots";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { Toolbar } from "./toolbar";
import { useGalleryKeys } from "./use-gallery-keys";
import { useReview } from "./use-review";

type Props = {
  job: JobView;
  videos: VideoView[];
  mostChars: number;
  filter: TakeFilter;
  onFilter: (filter: TakeFilter) => void;
  /** Only takes that are not there for this reason. */
  reason: ErrorType | undefined;
  /** The prompts that were refused are being edited. */
  fixing: boolean;
  onFixing: (on: boolean) => void;
  stars: number;
  onStars: (least: number) => void;
  videoId: string | undefined;
  onOpen: (videoId: string | null) => void;
};

/** A job's takes: filtered, marked, played, chosen, made again. */
export function Review(props: Props) {
  const {
    job,
    videos,
    mostChars,
    filter,
    onFilter,
    reason,
    fixing,
    onFixing,
    stars,
    onStars,
    videoId,
    onOpen,
  } = props;
  const [marks, setMarks] = useState<Marks>(NONE);
  const [regenerating, setRegenerating] = useState<VideoView | null>(null);
  const [deciding, setDeciding] = useState<VideoView | null>(null);
  const [more, setMore] = useState<VideoView[]>([]);
  const [editing, setEditing] = useState<VideoView[]>([]);
  const fix = useMemo(() => (fixing ? videos.filter(isRefused) : []), [fixing, videos]);
  const [size, setSize] = useKept("rushes.gallery-size", SIZES, "m");
  const [at, setAt] = useState<string | null>(null);
  const [upscaling, setUpscaling] = useState<VideoView[]>([]);
  const [comparing, setComparing] = useState<Comparing | null>(null);
  const review = useReview(job.job_id);

  const { decided, all: decidable } = useMemo(() => decisions(videos), [videos]);
  const shown = useMemo(
    () =>
      videos.filter(
        (each) =>
          passes(each, filter, decided) && each.rating >= stars && (!reason || each.error_type === reason),
      ),
    [videos, filter, stars, decided, reason],
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
      upscale: setUpscaling,
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
  const compareAll = shotIds[0] ? () => actions.compare({ shot: firstOpen(shotIds, decided) }) : null;
  useGalleryKeys(
    {
      all: () => setMarks({ ids: new Set(order), anchor: null }),
      none: () => setMarks(NONE),
      compare: () => compareAll?.(),
      take: () => videos.find((each) => each.video_id === at),
      actions,
    },
    videoId === undefined &&
      !regenerating &&
      !deciding &&
      !comparing &&
      more.length + editing.length + fix.length === 0,
  );
  useCommands([
    { id: "select all", title: takesStrings.gallery.markAll, run: () => markShot(order) },
    ...(compareAll ? [{ id: "compare", title: reviewStrings.compare.all, run: compareAll }] : []),
  ]);

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
        onCompare={compareAll}
        size={size}
        onSize={setSize}
      />
      {shots.length === 0 ? (
        <Nothing
          icon={Film}
          title={takesStrings.gallery.emptyFilter}
          text={takesStrings.gallery.emptyFilterText}
        >
          {(filter !== "all" || reason) && (
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
          size={size}
          at={at}
          onAt={setAt}
        />
      )}
      {/* A boundary each: while one part comes, the others stay as they are. */}
      <Suspense>
        {idle && <Upscales videos={videos} asked={upscaling} onAsked={() => setUpscaling([])} />}
      </Suspense>
      <Suspense>
        {marked.length > 0 && (
          <ActionBar
            name={job.job_name}
            marked={marked}
            actions={actions}
            onMore={setMore}
            onEdit={setEditing}
            onDone={() => setMarks(NONE)}
          />
        )}
      </Suspense>
      <Suspense>
        {more.length > 0 && (
          <MoreDialog
            videos={more}
            onClose={() => setMore([])}
            onDone={() => {
              setMore([]);
              setMarks(NONE);
            }}
          />
        )}
        {editing.length > 0 && (
          <PromptsDialog
            videos={editing}
            onClose={() => setEditing([])}
            onDone={() => {
              setEditing([]);
              setMarks(NONE);
            }}
          />
        )}
        {fix.length > 0 && editing.length === 0 && (
          <PromptsDialog videos={fix} onClose={() => onFixing(false)} onDone={() => onFixing(false)} />
        )}
      </Suspense>
      <Suspense>
        {videoId && (
          <Player
            of={job.job_name}
            paused={job.status === "paused"}
            alike={(video) =>
              job.error_summary.find((each) => each.error_type === video.error_type)?.count ?? 0
            }
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
