import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { toast } from "sonner";
import { selectVideo, type VideoView } from "@/api";
import { readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { said } from "@/lib/problem";

/** Select a take, or not: shown at once, taken back when the server does not agree. */
export function useSelect(job_id: string): (video: VideoView, selected: boolean) => void {
  const client = useQueryClient();
  return useCallback(
    async (video, selected) => {
      const key = readVideosQueryKey({ path: { job_id } });
      const show = (value: boolean) =>
        client.setQueryData<VideoView[]>(key, (all) =>
          all?.map((each) => (each.video_id === video.video_id ? { ...each, selected: value } : each)),
        );
      show(selected);
      try {
        await selectVideo({ path: { video_id: video.video_id }, body: { selected }, throwOnError: true });
      } catch (error) {
        show(!selected);
        toast.error(said(error));
      }
    },
    [client, job_id],
  );
}
