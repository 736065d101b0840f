import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bookmark, CircleCheck, Download, Sparkles, Trash2, X } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import {
  deleteVideos,
  keepOperations,
  type Operation,
  type ProviderView,
  restoreVideos,
  retryVideo,
  selectVideos,
} from "@/api";
import { deleteOperationMutation, readOperationsInfiniteQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Nothing } from "@/components/ui/states";
import { downloadZip } from "@/lib/download";
import { click, NONE } from "@/lib/marks";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { reviewStrings } from "@/strings/review";
import { studioStrings } from "@/strings/studio";
import { Card, type CardActions } from "./card";
import { Viewer } from "./viewer";

type Props = {
  providers: readonly ProviderView[];
  operations: readonly Operation[];
  total: number;
  more: (() => void) | null;
  openId: string | undefined;
  onOpen: (operationId: string | null) => void;
  onVary: (operation: Operation) => void;
  onStartFrom: (operation: Operation) => void;
};

const UNDO_MS = 10_000;

/** What was asked for, the newest first. */
export function Gallery({ providers, operations, total, more, openId, onOpen, onVary, onStartFrom }: Props) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Operation | null>(null);
  const again = () => client.invalidateQueries({ queryKey: readOperationsInfiniteQueryKey() });
  const onError = (error: unknown) => toast.error(said(error));
  const [marks, setMarks] = useState(NONE);
  const marked = operations.filter((each) => marks.ids.has(each.operation_id));
  const expiring = operations.filter((each) => each.expires_at && !each.selected);
  const work = useMutation<unknown, unknown, () => Promise<unknown>>({
    mutationFn: (run) => run(),
    onError,
    onSettled: again,
  });
  const idsOf = (some: readonly Operation[]) => some.map((each) => each.operation_id);
  const pick = (some: readonly Operation[], selected: boolean) =>
    work.mutate(() => selectVideos({ body: { video_ids: idsOf(some), selected }, throwOnError: true }));
  const keep = (some: readonly Operation[] | null) =>
    work.mutate(async () => {
      const body = some ? { operation_ids: idsOf(some) } : {};
      const { data } = await keepOperations({ body, throwOnError: true });
      toast.success(studioStrings.keptNow(data.kept));
    });
  /** Delete at once, and offer to bring it back: it stays in Recently deleted. */
  const hide = (some: readonly Operation[]) =>
    work.mutate(async () => {
      const { data } = await deleteVideos({ body: { video_ids: idsOf(some) }, throwOnError: true });
      if (some.some((each) => each.operation_id === openId)) onOpen(null);
      setMarks(NONE);
      const undo = () =>
        work.mutate(() => restoreVideos({ body: { video_ids: data.video_ids }, throwOnError: true }));
      toast(reviewStrings.deleted(data.video_ids.length), {
        duration: UNDO_MS,
        action: { label: reviewStrings.undo, onClick: undo },
      });
    });
  const remove = useMutation({
    ...deleteOperationMutation(),
    onError,
    onSettled: async () => {
      setAsking(null);
      await again();
    },
    onSuccess: (_, { path }) => {
      toast.success(studioStrings.stopped);
      if (path.operation_id === openId) onOpen(null);
    },
  });
  const actions: CardActions = {
    open: (each) => onOpen(each.operation_id),
    keep: (each) => keep([each]),
    pick: (each) => pick([each], !each.selected),
    retry: (each) =>
      work.mutate(() => retryVideo({ path: { video_id: each.operation_id }, throwOnError: true })),
    mark: (each, range) => setMarks(click(marks, idsOf(operations), each.operation_id, range)),
    price: (each) =>
      priceWords(againPrice([{ price: each.price ?? "0", provider: each.provider }], providers)),
    vary: onVary,
    startFrom: onStartFrom,
    remove: (each) => (isUnderway(each) ? setAsking(each) : hide([each])),
  };
  const finished = marked.filter((each) => each.video_url);
  return (
    <section aria-labelledby="videos" className="flex min-w-0 flex-col gap-3">
      <h2 id="videos" className={operations.length > 0 ? "font-semibold" : "sr-only"}>
        {studioStrings.gallery}
        <span className="tnum ml-2 font-normal text-faint text-sm">{operations.length > 0 && total}</span>
      </h2>
      {expiring.length > 0 && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-wait-soft py-1 pr-1 pl-3 text-sm text-wait">
          <span className="min-w-0 flex-1">{studioStrings.expiring(expiring.length)}</span>
          <Button size="sm" onClick={() => keep(null)}>
            <Bookmark />
            {studioStrings.keepAll(expiring.length)}
          </Button>
        </p>
      )}
      {operations.length === 0 ? (
        <Nothing
          icon={Sparkles}
          title={studioStrings.emptyTitle}
          text={studioStrings.emptyText}
          className="rounded-xl border border-line border-dashed"
        />
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
          {operations.map((each) => (
            <li key={each.operation_id} className="min-w-0">
              <Card
                operation={each}
                actions={actions}
                marked={marks.ids.has(each.operation_id)}
                anyMarked={marked.length > 0}
              />
            </li>
          ))}
        </ul>
      )}
      {more && (
        <div className="flex items-center justify-center gap-3 py-2">
          <Button onClick={more}>{studioStrings.showMore}</Button>
          <span className="tnum text-faint text-sm">{studioStrings.of(operations.length, total)}</span>
        </div>
      )}
      {marked.length > 0 && (
        <div
          role="toolbar"
          aria-label={studioStrings.selected(marked.length)}
          className="rise -translate-x-1/2 fixed bottom-4 left-1/2 z-30 flex w-max max-w-[calc(100vw-1.5rem)] flex-wrap items-center justify-center gap-1.5 rounded-xl border border-line-strong bg-surface p-1.5 pl-4 shadow-pop"
        >
          <p role="status" className="tnum mr-1 whitespace-nowrap font-medium text-sm">
            {studioStrings.selected(marked.length)}
          </p>
          <Button
            kind="primary"
            disabled={finished.length === 0}
            onClick={() =>
              downloadZip(idsOf(finished), studioStrings.title, "original", (problem) =>
                toast.error(said(problem)),
              )
            }
          >
            <Download />
            {studioStrings.card.download}
          </Button>
          <Button
            disabled={finished.length === 0}
            onClick={() => pick(finished, !finished.every((each) => each.selected))}
          >
            <CircleCheck />
            {studioStrings.card.pick}
          </Button>
          <Button onClick={() => hide(marked.filter((each) => !isUnderway(each)))}>
            <Trash2 />
            {studioStrings.card.delete}
          </Button>
          <Button kind="ghost" size="icon" aria-label={studioStrings.clear} onClick={() => setMarks(NONE)}>
            <X />
          </Button>
        </div>
      )}
      <Viewer
        operations={operations.filter((each) => each.video_url)}
        openId={openId}
        onOpen={onOpen}
        actions={actions}
      />
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={studioStrings.stopTitle}
        text={studioStrings.stopText}
        yes={studioStrings.stop}
        busy={remove.isPending}
        onYes={() => asking && remove.mutate({ path: { operation_id: asking.operation_id } })}
      />
    </section>
  );
}

/** Whether it is being made: it has to be stopped before it can go. */
function isUnderway({ status, error_type }: Operation): boolean {
  return status === "pending" || (status === "processing" && error_type === null);
}
