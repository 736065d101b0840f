import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { toast } from "sonner";
import {
  deleteVideos,
  type ErrorType,
  rateVideo,
  rejectVideos,
  restoreVideos,
  retryFailed,
  retrySome,
  selectVideos,
  type VideoView,
} from "@/api";
import { readJobQueryKey, readJobsQueryKey, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { said } from "@/lib/problem";
import { reviewStrings } from "@/strings/review";

const UNDO_MS = 10_000;

/** What a review does: shown at once, taken back when the server does not agree. Without a job the takes are
 * those of the library, which are looked at again. */
export function useReview(job_id: string | null) {
  const client = useQueryClient();
  const lastUndo = useRef<(() => void) | null>(null);
  useUndoKey(lastUndo);
  return useMemo(() => {
    const path = { job_id: job_id ?? "" };
    const key = readVideosQueryKey({ path });
    const show = (change: (all: VideoView[]) => VideoView[]) =>
      client.setQueryData<VideoView[]>(key, (all) => all && change(all));
    const look = () =>
      Promise.all(
        [
          ...(job_id ? [key, readJobQueryKey({ path })] : []),
          readJobsQueryKey(),
          [{ _id: "readLibrary" }],
        ].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    const some = (videos: readonly VideoView[], change: Partial<VideoView>) => {
      const ids = new Set(videos.map((each) => each.video_id));
      show((all) => all.map((each) => (ids.has(each.video_id) ? { ...each, ...change } : each)));
    };
    /** Do it; what fails is said, and what is shown is what the server has. */
    const done = async (work: () => Promise<void>) => {
      try {
        await work();
        if (!job_id) await look();
      } catch (error) {
        toast.error(said(error));
        await look();
      }
    };
    const ids = (videos: readonly VideoView[]) => ({ video_ids: videos.map((each) => each.video_id) });

    return {
      select: (videos: readonly VideoView[], selected: boolean) =>
        done(async () => {
          some(videos, selected ? { selected, rejected: false } : { selected });
          await selectVideos({ body: { ...ids(videos), selected }, throwOnError: true });
        }),
      reject: (videos: readonly VideoView[], rejected: boolean) =>
        done(async () => {
          some(videos, rejected ? { rejected, selected: false } : { rejected });
          await rejectVideos({ body: { ...ids(videos), rejected }, throwOnError: true });
        }),
      rate: (video: VideoView, rating: number) =>
        done(async () => {
          some([video], { rating });
          await rateVideo({ path: { video_id: video.video_id }, body: { rating }, throwOnError: true });
        }),
      retry: (videos: readonly VideoView[]) =>
        done(async () => {
          const { data } = await retrySome({ body: ids(videos), throwOnError: true });
          toast.success(reviewStrings.retried(data.video_ids.length));
          await look();
        }),
      retryKind: (error_type: ErrorType) =>
        done(async () => {
          const { data } = await retryFailed({ path, query: { error_type }, throwOnError: true });
          toast.success(reviewStrings.retried(data.retried));
          await look();
        }),
      remove: (videos: readonly VideoView[]) =>
        done(async () => {
          const body = ids(videos);
          const { data } = await deleteVideos({ body, throwOnError: true });
          const gone = new Set(data.video_ids);
          show((all) => all.filter((each) => !gone.has(each.video_id)));
          const stayed = videos.length - gone.size;
          let told: string | number | undefined;
          const undo = () => {
            lastUndo.current = null;
            toast.dismiss(told);
            return done(async () => {
              const back = await restoreVideos({ body: { video_ids: data.video_ids }, throwOnError: true });
              toast.success(reviewStrings.restored(back.data.video_ids.length));
              await look();
            });
          };
          if (gone.size > 0) {
            lastUndo.current = undo;
            told = toast(reviewStrings.deleted(gone.size), {
              duration: UNDO_MS,
              action: { label: reviewStrings.undo, onClick: undo },
              ...(stayed > 0 ? { description: reviewStrings.notDeleted(stayed) } : {}),
            });
          } else toast.error(reviewStrings.notDeleted(stayed));
          await look();
        }),
    };
  }, [client, job_id]);
}

/** Ctrl+Z brings back what was deleted last, wherever the keyboard is but in a field. */
function useUndoKey(undo: { current: (() => void) | null }): void {
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || !undo.current) return;
      if ((event.target as HTMLElement).closest("textarea, input")) return;
      event.preventDefault();
      undo.current();
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [undo]);
}

export type ReviewActions = ReturnType<typeof useReview>;
