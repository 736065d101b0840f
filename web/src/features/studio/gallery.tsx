import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { Operation } from "@/api";
import {
  deleteOperationMutation,
  readOperationsInfiniteQueryKey,
  selectVideoMutation,
} from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Nothing } from "@/components/ui/states";
import { said } from "@/lib/problem";
import { studioStrings } from "@/strings/studio";
import { Card, type CardActions } from "./card";
import { Viewer } from "./viewer";

type Props = {
  operations: readonly Operation[];
  total: number;
  more: (() => void) | null;
  openId: string | undefined;
  onOpen: (operationId: string | null) => void;
  onVary: (operation: Operation) => void;
  onStartFrom: (operation: Operation) => void;
};

/** What was asked for, the newest first. */
export function Gallery({ operations, total, more, openId, onOpen, onVary, onStartFrom }: Props) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Operation | null>(null);
  const again = () => client.invalidateQueries({ queryKey: readOperationsInfiniteQueryKey() });
  const onError = (error: unknown) => toast.error(said(error));
  const keep = useMutation({ ...selectVideoMutation(), onError, onSettled: again });
  const remove = useMutation({
    ...deleteOperationMutation(),
    onError,
    onSettled: async () => {
      setAsking(null);
      await again();
    },
    onSuccess: (_, { path }) => {
      toast.success(studioStrings.removed);
      if (path.operation_id === openId) onOpen(null);
    },
  });
  const actions: CardActions = {
    open: (each) => onOpen(each.operation_id),
    keep: (each) =>
      keep.mutate({ path: { video_id: each.operation_id }, body: { selected: !each.selected } }),
    vary: onVary,
    startFrom: onStartFrom,
    remove: setAsking,
  };
  const underway = asking?.status === "pending" || asking?.status === "processing";
  return (
    <section aria-labelledby="videos" className="flex min-w-0 flex-col gap-3">
      <h2 id="videos" className={operations.length > 0 ? "font-semibold" : "sr-only"}>
        {studioStrings.gallery}
        <span className="tnum ml-2 font-normal text-faint text-sm">{operations.length > 0 && total}</span>
      </h2>
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
              <Card operation={each} actions={actions} />
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
      <Viewer
        operations={operations.filter((each) => each.video_url)}
        openId={openId}
        onOpen={onOpen}
        actions={actions}
      />
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={underway ? studioStrings.stopTitle : studioStrings.removeTitle}
        text={underway ? studioStrings.stopText : studioStrings.removeText}
        yes={underway ? studioStrings.stop : studioStrings.card.delete}
        busy={remove.isPending}
        onYes={() => asking && remove.mutate({ path: { operation_id: asking.operation_id } })}
      />
    </section>
  );
}
