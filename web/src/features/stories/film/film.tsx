import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Film as FilmIcon, LoaderCircle, Package, Play } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { FilmView } from "@/api";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { readFilms } from "@/features/stories/api";
import { renderFilm, usePreview } from "@/features/stories/film-api";
import { buildFilm, type Film } from "@/features/stories/film-model";
import { isActive, isDoneUntil } from "@/features/stories/parts";
import { RunButton } from "@/features/stories/run-button";
import type { TabProps } from "@/features/stories/tabs";
import { keys } from "@/features/stories/use-story";
import { duration } from "@/lib/format";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";
import { Compare } from "./compare";
import { ExportDialog } from "./export-dialog";
import { Redo } from "./redo";
import { Variants } from "./variants";
import { Version } from "./version";

const tf = filmStrings.film;
const WATCH_MS = 1500;
const isOpen = (film: FilmView) => film.status === "QUEUED" || film.status === "PROCESSING";

export function Tab({ story }: TabProps) {
  const id = story.story_id;
  const films = useQuery({
    queryKey: keys.films(id),
    queryFn: () => readFilms(id),
    // Progress comes with events of films; those do not say of which story, and time left has none.
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? WATCH_MS : false),
  });
  const client = useQueryClient();
  const render = useMutation({
    mutationFn: () => renderFilm(id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.films(id) }),
    onError: (error) => toast.error(said(error)),
  });
  const { data: preview } = usePreview(id);
  const [comparing, setComparing] = useState(false);
  const [exporting, setExporting] = useState(false);
  if (films.error && !films.data) return <Failed error={films.error} onRetry={() => void films.refetch()} />;
  if (!films.data) return <Skeleton className="m-4 h-96 sm:m-6" />;
  const made = films.data.filter((each) => each.purpose === "film");
  const done = made.filter((each) => each.status === "COMPLETED");
  const open = made.find(isOpen);
  const failed = made[0]?.status === "FAILED" ? made[0] : null;
  const current = done.find((each) => each.current);
  const ready = isDoneUntil(story.parts, "scenes");
  return (
    <div className="mx-auto grid w-full max-w-[100rem] gap-6 px-4 py-5 sm:px-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <div className="flex flex-wrap items-center gap-2">
          {current && !open ? (
            <p className="font-medium text-good text-sm">{tf.rendered}</p>
          ) : ready && !open && !isActive(story) ? (
            <Button kind="primary" disabled={render.isPending} onClick={() => render.mutate()}>
              {render.isPending ? <LoaderCircle className="animate-spin" /> : <Play />}
              {tf.render}
            </Button>
          ) : (
            !open && <RunButton story={story} until="film" />
          )}
          <span className="ml-auto flex gap-2">
            {done.length > 1 && <Button onClick={() => setComparing(true)}>{tf.compare}</Button>}
            <Button disabled={!ready} onClick={() => setExporting(true)}>
              <Package />
              {tf.exportButton}
            </Button>
          </span>
        </div>
        {open && <Rendering film={open} shape={preview && buildFilm(story.document, preview)} />}
        {failed && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-bad">
            {tf.failed}: {failed.error}
          </p>
        )}
        {done[0] ? (
          <section aria-label={tf.versions} className="flex flex-col gap-4">
            {done.map((each, index) => (
              <Version key={each.film_id} film={each} large={index === 0} />
            ))}
          </section>
        ) : (
          !open && <Nothing icon={FilmIcon} title={tf.none} text={tf.noneText} />
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Redo story={story} preview={preview} />
        <Variants story={story} />
      </div>
      {comparing && <Compare films={done} onClose={() => setComparing(false)} />}
      {exporting && (
        <ExportDialog
          storyId={id}
          film={films.data.find((each) => each.purpose === "export" && each.current) ?? null}
          onClose={() => setExporting(false)}
        />
      )}
    </div>
  );
}

/** How far a render is: percent, which piece, and how long still. */
function Rendering({ film, shape }: { film: FilmView; shape: Film | undefined }) {
  const pieces = shape ? piecesOf(shape) : [];
  const at = (film.progress / 100) * (shape?.frames ?? 0);
  const done = pieces.filter((each) => each <= at).length;
  const facts = [
    film.status === "QUEUED" ? tf.queued : tf.rendering,
    ...(pieces.length > 0 && film.status === "PROCESSING"
      ? [tf.pieces(Math.min(done + 1, pieces.length), pieces.length)]
      : []),
    ...(film.estimated_time ? [tf.left(duration(film.estimated_time))] : []),
  ];
  return (
    <div className="flex flex-col gap-1 rounded-lg border border-line bg-surface p-3">
      <Progress label={tf.rendering} value={film.progress} />
      <p className="tnum text-muted text-sm">{facts.join(" · ")}</p>
    </div>
  );
}

/** The frame at which each piece of a render ends: bodies of scenes and transitions. */
function piecesOf({ scenes }: Film): number[] {
  return scenes.flatMap(({ first, frames, before, after }) => [
    ...(before ? [first + before] : []),
    ...(frames - before - after > 0 ? [first + frames - after] : []),
  ]);
}
