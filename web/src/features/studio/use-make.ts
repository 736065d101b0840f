import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { generateVideo, generateVideoWithImage, type Problem } from "@/api";
import { readOperationsInfiniteQueryKey } from "@/api/@tanstack/react-query.gen";
import { problemOf, said } from "@/lib/problem";
import { studioStrings } from "@/strings/studio";
import { type Start, type StudioForm, toGeneration } from "./studio-form";

/** Ask for the video. What goes wrong is said; what names a field is shown there too. */
export function useMake(onBegun: (prompt: string) => void) {
  const client = useQueryClient();
  return useMutation<void, unknown, { form: StudioForm; start: Start | null }>({
    mutationFn: async ({ form, start }) => {
      const wanted = toGeneration(form);
      if (form.mode === "image" && start?.kind === "file") {
        await generateVideoWithImage({ body: { ...wanted, image: start.file }, throwOnError: true });
      } else {
        const from =
          form.mode === "image" && start?.kind === "video" ? { start_frame_video_id: start.id } : {};
        await generateVideo({ body: { ...wanted, ...from }, throwOnError: true });
      }
    },
    onSuccess: async (_, { form }) => {
      toast.success(studioStrings.begun);
      onBegun(form.prompt.trim());
      await client.invalidateQueries({ queryKey: readOperationsInfiniteQueryKey() });
    },
    onError: (error) => toast.error(said(error)),
  });
}

/** What the server says is wrong with one field. */
export function faultOf(error: unknown, ...fields: string[]): string | undefined {
  const problem: Problem | null = error ? problemOf(error) : null;
  return problem?.errors?.find((each) => fields.includes(each.where))?.message;
}
