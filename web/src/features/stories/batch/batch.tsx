import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, FilmIcon, RefreshCw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { BatchView } from "@/api";
import { Button, buttonLook } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import { StoryBadge } from "@/features/stories/badges";
import { useStoryEvents } from "@/features/stories/live";
import { keys } from "@/features/stories/use-story";
import { duration, money } from "@/lib/format";
import { problemOf, said } from "@/lib/problem";
import { storiesStrings } from "@/strings/stories";
import { storyBatchStrings as words } from "@/strings/story-new";
import { ReviewQueue } from "./review-queue";

const NOT_FOUND = [404, 422];

/** How far every story of a batch is, what waits for a person, and the films. */
export function Batch({ batchId }: { batchId: string }) {
  useStoryEvents();
  const client = useQueryClient();
  const batch = useQuery({ queryKey: keys.batch(batchId), queryFn: () => api.readBatch(batchId) });
  const retry = useMutation({
    mutationFn: () => api.retryBatch(batchId),
    onError: (error) => toast.error(said(error)),
    onSuccess: ({ retried }) => {
      toast.success(words.retried(retried));
      void client.invalidateQueries({ queryKey: keys.batch(batchId) });
    },
  });
  if (batch.error && NOT_FOUND.includes(problemOf(batch.error).status)) {
    return (
      <Nothing page icon={FilmIcon} title={words.notFound} text={words.notFoundText}>
        <Link to="/stories" className={buttonLook()}>
          {storiesStrings.back}
        </Link>
      </Nothing>
    );
  }
  if (batch.isError && !batch.data)
    return <Failed page error={batch.error} onRetry={() => batch.refetch()} />;
  if (!batch.data) return <Skeleton className="m-6 h-80" />;
  const { stories, total, completed, failed, review, progress } = batch.data;
  const toReview = stories.map((each) => each.story).filter((each) => each.status === "review");
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-4 px-4 py-6 sm:px-6">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto min-w-0 truncate font-semibold text-xl tracking-tight">
          {batch.data.name || words.title}
        </h1>
        {failed > 0 && (
          <Button disabled={retry.isPending} onClick={() => retry.mutate()}>
            <RefreshCw />
            {words.retry(failed)}
          </Button>
        )}
        <Downloads batch={batch.data} />
      </div>
      <div className="flex flex-col gap-1">
        <Progress
          label={words.progress}
          value={progress}
          parts={[
            { share: completed / total, tone: "good" },
            { share: failed / total, tone: "bad" },
            { share: review / total, tone: "wait" },
          ]}
        />
        <p className="tnum text-muted text-sm">
          {[
            words.done(completed, total),
            ...(failed > 0 ? [words.failed(failed)] : []),
            ...(review > 0 ? [words.toReview(review)] : []),
          ].join(" · ")}
        </p>
      </div>
      {toReview.length > 0 && <ReviewQueue stories={toReview} batchId={batchId} />}
      <ul className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
        {stories.map(({ position, story }) => (
          <li key={story.story_id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5">
            <span className="tnum w-6 text-faint text-xs">{position + 1}</span>
            <Link
              to="/stories/$storyId/{-$tab}"
              params={{ storyId: story.story_id, tab: "script" }}
              className="min-w-0 flex-1 basis-48 truncate hover:underline"
            >
              {story.name}
            </Link>
            <span className="tnum text-faint text-xs">
              {[
                story.step ? storiesStrings.steps[story.step] : "",
                story.seconds ? duration(story.seconds) : "",
                Number(story.cost) > 0 ? money(Number(story.cost)) : "",
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
            <StoryBadge status={story.status} />
            {story.status === "failed" && story.reason && (
              <p className="basis-full pl-9 text-bad text-xs">{story.reason}</p>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Downloads each film that is there, one after the other. */
function Downloads({ batch }: { batch: BatchView }) {
  const [at, setAt] = useState<number | null>(null);
  const films = batch.stories.flatMap(({ position, story }) =>
    story.film_url
      ? [{ url: story.film_url, name: `${String(position + 1).padStart(3, "0")}-${plain(story.name)}` }]
      : [],
  );
  async function all(): Promise<void> {
    for (const [place, film] of films.entries()) {
      setAt(place + 1);
      const link = document.createElement("a");
      // By way of a blob: the server's own name would be the same for all.
      const answer = await fetch(film.url);
      if (!answer.ok) continue; // deleted meanwhile
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${film.name}.mp4`;
      link.click();
      await new Promise((done) => setTimeout(done, 800)); // browsers drop downloads that begin at once
      URL.revokeObjectURL(link.href);
    }
    setAt(null);
  }
  if (films.length === 0) return null;
  return (
    <Button kind="primary" disabled={at !== null} onClick={() => void all()}>
      <Download />
      {at === null ? words.download(films.length) : words.downloading(at, films.length)}
    </Button>
  );
}

const plain = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
