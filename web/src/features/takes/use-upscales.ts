import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { toast } from "sonner";
import type { UpscaleView, VideoView } from "@/api";
import { listUpscalesOptions, readUpscaleOptions } from "@/api/@tanstack/react-query.gen";
import { upscaleStrings } from "@/strings/upscale";
import { endOf, ofThese } from "./upscale-tasks";

/** The 4K copies of these videos that are on their way; also those that another tab asked for. The end of
 * each is said once. */
export function useUpscales(videos: ReadonlyMap<string, VideoView>): UpscaleView[] {
  const client = useQueryClient();
  const { data } = useQuery(listUpscalesOptions());
  const ours = ofThese(data ?? [], videos);
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    if (!data) return;
    const open = new Set(data.map((each) => each.task_id));
    const ended = before.current.filter((id) => !open.has(id));
    before.current = ofThese(data, videos).map((each) => each.task_id);
    for (const task_id of ended) {
      // What is over is in the list no more; its own address still tells how it ended.
      void client.fetchQuery({ ...readUpscaleOptions({ path: { task_id } }), staleTime: 0 }).then((task) => {
        const { made, failed } = endOf(task);
        if (made > 0) toast.success(upscaleStrings.done(made));
        if (failed > 0) toast.error(upscaleStrings.failed(failed));
      });
    }
  }, [data, videos, client]);
  return ours;
}
