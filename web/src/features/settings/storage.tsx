import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BrushCleaning, Trash2, TriangleAlert } from "lucide-react";
import { toast } from "sonner";
import type { StorageView } from "@/api";
import {
  readDeletedOptions,
  readStorageQueryKey,
  sweepStorageMutation,
} from "@/api/@tanstack/react-query.gen";
import { Button, buttonLook } from "@/components/ui/button";
import { bytes } from "@/lib/format";
import { said } from "@/lib/problem";
import { deletedStrings } from "@/strings/deleted";
import { settingsStrings } from "@/strings/settings";
import { Section } from "./section";

/** Where the bytes are, and making room. */
export function Storage({ storage }: { storage: StorageView }) {
  const client = useQueryClient();
  const sweep = useMutation({
    ...sweepStorageMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: ({ video_bytes = 0, orphan_bytes = 0, work_bytes = 0 }) => {
      const freed = video_bytes + orphan_bytes + work_bytes;
      toast.success(
        freed > 0 ? settingsStrings.storage.swept(bytes(freed)) : settingsStrings.storage.sweptNothing,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: readStorageQueryKey() }),
  });
  const deleted = useQuery({ ...readDeletedOptions({ query: { limit: 1 } }), staleTime: 0 }).data;
  const { archive, waiting_for_archive: waiting, can_be_freed_bytes: freeable } = storage;
  return (
    <Section id="storage" title={settingsStrings.sections.storage}>
      <div className="rounded-xl border border-line bg-surface">
        <dl className="grid gap-x-8 gap-y-4 px-4 py-4 sm:grid-cols-3">
          <Fact
            name={settingsStrings.storage.place}
            value={settingsStrings.storage.files(storage.storage.files, bytes(storage.storage.bytes))}
            note={storage.storage.name}
          />
          {archive && (
            <Fact
              name={settingsStrings.storage.archive}
              value={settingsStrings.storage.files(archive.files, bytes(archive.bytes))}
              note={
                waiting > 0 ? `${archive.name} · ${settingsStrings.storage.waiting(waiting)}` : archive.name
              }
            />
          )}
          <Fact name={settingsStrings.storage.disk} value={bytes(storage.disk_free_bytes)} />
        </dl>
        {storage.archive_trouble && (
          <p className="flex items-start gap-2 border-line border-t px-4 py-3 text-sm text-wait">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" />
            {storage.archive_trouble}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-3">
          <p className="min-w-0 flex-1 basis-60 text-muted text-sm">
            {freeable > 0
              ? settingsStrings.storage.freeable(bytes(freeable))
              : settingsStrings.storage.nothing}
          </p>
          <Button disabled={sweep.isPending} onClick={() => sweep.mutate({})}>
            <BrushCleaning />
            {settingsStrings.storage.sweep}
          </Button>
        </div>
        <div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-3">
          <p className="min-w-0 flex-1 basis-60 text-muted text-sm">
            {deleted && deletedStrings.open(deleted.pagination.total, bytes(deleted.bytes))}
          </p>
          <Link to="/deleted" className={buttonLook()}>
            <Trash2 />
            {deletedStrings.look}
          </Link>
        </div>
      </div>
    </Section>
  );
}

function Fact({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-faint text-xs">{name}</dt>
      <dd>
        <span className="tnum block font-medium">{value}</span>
        {note && <span className="block break-all text-faint text-xs">{note}</span>}
      </dd>
    </div>
  );
}
