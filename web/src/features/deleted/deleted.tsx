import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { type DeletedVideo, purgeVideos, restoreVideos } from "@/api";
import { readStorageQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Nothing } from "@/components/ui/states";
import { ago, bytes, moment, until } from "@/lib/format";
import { said } from "@/lib/problem";
import { deletedStrings } from "@/strings/deleted";
import { reviewStrings } from "@/strings/review";

type Props = {
  items: readonly DeletedVideo[];
  total: number;
  size: number;
  more: (() => void) | null;
};

/** Deleted takes: what they are, when they go for good, and the way back. */
export function Deleted({ items, total, size, more }: Props) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<readonly string[] | null>(null);
  const work = useMutation<unknown, unknown, () => Promise<unknown>>({
    mutationFn: (run) => run(),
    onError: (error) => toast.error(said(error)),
    onSettled: () => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: readStorageQueryKey() });
      return client.invalidateQueries({ predicate: ({ queryKey }) => isOfTakes(queryKey) });
    },
  });
  const restore = (video_ids: string[]) =>
    work.mutate(async () => {
      const { data } = await restoreVideos({ body: { video_ids }, throwOnError: true });
      toast.success(reviewStrings.restored(data.video_ids.length));
    });
  const all = items.map((each) => each.video.video_id);
  if (items.length === 0) {
    return <Nothing icon={Trash2} title={deletedStrings.nothing} text={deletedStrings.nothingText} />;
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 basis-64 text-muted">
          {deletedStrings.uses(total, bytes(size))} {deletedStrings.until}
        </p>
        <Button onClick={() => restore(all)}>
          <RotateCcw />
          {deletedStrings.restoreAll}
        </Button>
        <Button onClick={() => setAsking(all)}>
          <Trash2 />
          {deletedStrings.emptyAll}
        </Button>
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-4">
        {items.map(({ video, job_name, thumbnail_url, deleted_at, gone_at }) => (
          <li
            key={video.video_id}
            className="flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-surface"
          >
            <div className="aspect-video bg-well">
              {thumbnail_url && (
                <img src={thumbnail_url} alt="" loading="lazy" className="size-full object-contain" />
              )}
            </div>
            <div className="flex flex-1 flex-col gap-1 p-3">
              <p className="line-clamp-2 break-words text-sm">{video.prompt_text}</p>
              <p className="truncate text-faint text-xs">
                {job_name} · <time title={moment(deleted_at)}>{ago(deleted_at)}</time>
              </p>
              <p className="text-faint text-xs" title={moment(gone_at)}>
                {deletedStrings.gone(until(gone_at))}
              </p>
              <div className="mt-auto flex flex-wrap gap-2 pt-1">
                <Button size="sm" onClick={() => restore([video.video_id])}>
                  <RotateCcw />
                  {deletedStrings.restore}
                </Button>
                <Button kind="ghost" size="sm" onClick={() => setAsking([video.video_id])}>
                  <Trash2 />
                  {deletedStrings.forever}
                </Button>
              </div>
            </div>
          </li>
        ))}
      </ul>
      {more && (
        <Button className="self-center" onClick={more}>
          {deletedStrings.more}
        </Button>
      )}
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={deletedStrings.sure(asking?.length ?? 0)}
        text={deletedStrings.sureText}
        yes={deletedStrings.forever}
        busy={work.isPending}
        onYes={() =>
          asking && work.mutate(() => purgeVideos({ body: { video_ids: [...asking] }, throwOnError: true }))
        }
      />
    </>
  );
}

const OF_TAKES = ["readDeleted", "readVideos", "readJob", "readJobs", "readOperations", "readLibrary"];

function isOfTakes([first]: readonly unknown[]): boolean {
  const id = (first as { _id?: string } | undefined)?._id;
  return id !== undefined && OF_TAKES.includes(id);
}
