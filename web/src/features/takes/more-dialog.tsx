import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { regenerateVideos, type VideoView } from "@/api";
import { readProvidersOptions, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Segments } from "@/components/ui/segments";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { appStrings } from "@/strings/app";
import { bulkStrings } from "@/strings/bulk";
import { moneyStrings } from "@/strings/money";

type Props = { videos: readonly VideoView[]; onClose: () => void; onDone: () => void };

const MOST = ["1", "2", "3", "4"] as const;

/** More takes of several shots: how many, and what they cost. */
export function MoreDialog({ videos, onClose, onDone }: Props) {
  const client = useQueryClient();
  const { data: providers = [] } = useQuery(readProvidersOptions());
  const [takes, setTakes] = useState<(typeof MOST)[number]>("2");
  const each = Number(takes);
  const one = againPrice(videos, providers);
  const price = priceWords(one === null ? null : one * each);
  const make = useMutation({
    mutationFn: async () => {
      const body = { videos: videos.map(({ video_id }) => ({ video_id })), takes: each };
      return (await regenerateVideos({ body, throwOnError: true })).data;
    },
    onError: (error) => toast.error(said(error)),
    onSuccess: async ({ video_ids, refused }) => {
      toast.success(bulkStrings.queued(video_ids.length));
      if (refused[0]) toast.error(bulkStrings.refused(refused.length), { description: refused[0].message });
      for (const job_id of new Set(videos.map((video) => video.job_id)))
        await client.invalidateQueries({ queryKey: readVideosQueryKey({ path: { job_id } }) });
      onDone();
    },
  });
  const makers = new Set(videos.map((video) => video.provider));
  const names = [...makers].map((id) => providers.find((known) => known.id === id)?.title ?? id);
  return (
    <Dialog
      open
      onClose={onClose}
      title={bulkStrings.moreTitle(videos.length)}
      text={moneyStrings.by(names.join(", "))}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" disabled={make.isPending} onClick={() => make.mutate()}>
            {moneyStrings.button(bulkStrings.generate(videos.length * each), price)}
          </Button>
        </>
      }
    >
      <Segments
        label={bulkStrings.takes}
        value={takes}
        options={MOST.map((value) => ({ value, label: value }))}
        onChange={setTakes}
      />
    </Dialog>
  );
}
