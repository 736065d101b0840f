import { Images, SearchX } from "lucide-react";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import type { LibraryPage, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { useKept } from "@/lib/kept";
import { type LibrarySearch, SIZES } from "@/lib/library-search";
import { click, type Marks, NONE, turnAll } from "@/lib/marks";
import { libraryStrings } from "@/strings/library";
import { ActionBar, Compare, MoreDialog, Player, PromptsDialog, RegenerateDialog, Upscales } from "./later";
import { LibraryFilters, type LibrarySize } from "./library-filters";
import { LibraryItem } from "./library-item";
import { byShot } from "./shots";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { useReview } from "./use-review";

type Props = {
  pages: readonly LibraryPage[];
  more: (() => void) | null;
  search: LibrarySearch;
  onSearch: (next: LibrarySearch) => void;
  mostChars: number;
};

const WIDTHS: Record<LibrarySize, string> = { s: "9rem", m: "15rem", l: "24rem", list: "100%" };
/** Every finished take of jobs and of the Studio: found, looked at, judged, made again. */
export function Library({ pages, more, search, onSearch, mostChars }: Props) {
  const [size, setSize] = useKept("rushes.library-size", SIZES, "m");
  const [marks, setMarks] = useState<Marks>(NONE);
  const [regenerating, setRegenerating] = useState<VideoView | null>(null);
  const [comparing, setComparing] = useState<readonly string[]>([]);
  const [upscaling, setUpscaling] = useState<VideoView[]>([]);
  const [again, setAgain] = useState<{ more: VideoView[]; edit: VideoView[] }>({ more: [], edit: [] });
  const review = useReview(null);
  const items = useMemo(() => pages.flatMap((page) => page.items), [pages]);
  const videos = useMemo(() => items.map((each) => each.video), [items]);
  const jobs = useMemo(() => new Map(items.map((each) => [each.video.video_id, each.job_name])), [items]);
  const total = pages[0]?.pagination.total ?? 0;
  const marked = videos.filter((each) => marks.ids.has(each.video_id));
  const compared = videos.filter((each) => comparing.includes(each.video_id));
  const filtered = Object.keys(search).some((name) => !["sort", "by", "video"].includes(name));

  const latest = useRef({ order: [] as string[], open: (_: string | null) => {} });
  latest.current = {
    order: videos.map((each) => each.video_id),
    open: (id) => {
      const { video: _, ...rest } = search;
      onSearch(id ? { ...rest, video: id } : rest);
    },
  };
  const mark = useCallback((video: VideoView, range: boolean) => {
    setMarks((now) => click(now, latest.current.order, video.video_id, range));
  }, []);
  const actions = useMemo<TakeActions>(
    () => ({
      open: (video) => latest.current.open(video.video_id),
      mark,
      markShot: (ids) => setMarks((now) => turnAll(now, ids)),
      regenerate: setRegenerating,
      decide: () => undefined, // nothing here is uncertain: all of it is finished
      upscale: setUpscaling,
      compare: (of) =>
        "takes" in of && setComparing(of.takes.slice(0, MOST_COMPARED).map((each) => each.video_id)),
      ...review,
    }),
    [mark, review],
  );
  const done = () => {
    setAgain({ more: [], edit: [] });
    setMarks(NONE);
  };
  const shots = search.by === "shot" ? byShot(videos) : null;
  const list = (some: readonly VideoView[]) => (
    <ul
      className="grid gap-3"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${WIDTHS[size]}), 1fr))` }}
    >
      {some.map((video) => (
        <LibraryItem
          key={video.video_id}
          video={video}
          job={jobs.get(video.video_id) ?? ""}
          size={size}
          marked={marks.ids.has(video.video_id)}
          anyMarked={marked.length > 0}
          actions={actions}
        />
      ))}
    </ul>
  );
  return (
    <>
      <LibraryFilters
        search={search}
        onSearch={onSearch}
        providers={pages[0]?.providers ?? []}
        size={size}
        onSize={setSize}
      />
      {videos.length === 0 ? (
        <Nothing
          icon={filtered ? SearchX : Images}
          title={filtered ? libraryStrings.nothing : libraryStrings.empty}
          text={filtered ? libraryStrings.nothingText : libraryStrings.emptyText}
        >
          {filtered && <Button onClick={() => onSearch({})}>{libraryStrings.clear}</Button>}
        </Nothing>
      ) : shots ? (
        shots.map((shot) => (
          <section key={shot.id} className="flex flex-col gap-2 border-line border-b pb-4">
            <h2 className="line-clamp-2 text-muted text-sm">{shot.first.prompt_text}</h2>
            {list(shot.takes)}
          </section>
        ))
      ) : (
        list(videos)
      )}
      {more && (
        <div className="flex items-center justify-center gap-3 py-2">
          <Button onClick={more}>{libraryStrings.more}</Button>
          <span className="tnum text-faint text-sm">{libraryStrings.of(videos.length, total)}</span>
        </div>
      )}
      <Suspense>
        {videos.length > 0 && <Upscales videos={videos} asked={upscaling} onAsked={() => setUpscaling([])} />}
      </Suspense>
      <Suspense>
        {marked.length > 0 && (
          <ActionBar
            name={libraryStrings.title}
            marked={marked}
            actions={actions}
            onMore={(some) => setAgain({ more: some, edit: [] })}
            onEdit={(some) => setAgain({ more: [], edit: some })}
            onDone={() => setMarks(NONE)}
          />
        )}
        {search.video && videos.some((each) => each.video_id === search.video) && (
          <Player
            of={jobs.get(search.video) ?? libraryStrings.title}
            videos={videos}
            videoId={search.video}
            onOpen={latest.current.open}
            actions={actions}
            blocked={regenerating !== null}
          />
        )}
        {compared.length > 0 && (
          <Compare
            groups={[compared]}
            start={0}
            decided=""
            shape={16 / 9}
            actions={actions}
            onClose={() => setComparing([])}
          />
        )}
        {regenerating && (
          <RegenerateDialog
            video={regenerating}
            videos={videos}
            mostChars={mostChars}
            onClose={() => setRegenerating(null)}
            onMade={() => undefined}
          />
        )}
        {again.more.length > 0 && <MoreDialog videos={again.more} onClose={done} onDone={done} />}
        {again.edit.length > 0 && <PromptsDialog videos={again.edit} onClose={done} onDone={done} />}
      </Suspense>
    </>
  );
}
