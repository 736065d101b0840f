import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { type Generation, generateVideo, generateVideoWithImage, type Problem } from "@/api";
import { readOperationsInfiniteQueryKey } from "@/api/@tanstack/react-query.gen";
import { problemOf, said } from "@/lib/problem";
import { studioStrings } from "@/strings/studio";
import { type MoreImages, type Start, type StudioForm, toGeneration } from "./studio-form";

/** Ask for the video. What goes wrong is said; what names a field is shown there too. */
export function useMake(onBegun: (prompt: string) => void) {
  const client = useQueryClient();
  return useMutation<void, unknown, { form: StudioForm; start: Start | null; more: MoreImages }>({
    mutationFn: async ({ form, start, more }) => {
      const wanted = toGeneration(form);
      for (let made = 0; made < form.count; made += 1) await ask(wanted, form, start, more);
    },
    onSuccess: async (_, { form }) => {
      toast.success(studioStrings.begun(form.count));
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

async function ask(
  wanted: Generation,
  form: StudioForm,
  start: Start | null,
  { last, references }: MoreImages,
): Promise<void> {
  if (form.mode === "text") {
    await generateVideo({ body: wanted, throwOnError: true });
  } else if (start?.kind === "video" && !last && references.length === 0) {
    await generateVideo({ body: { ...wanted, start_frame_video_id: start.id }, throwOnError: true });
  } else {
    const image = start && (start.kind === "file" ? start.file : await frameOf(start.picture));
    await generateVideoWithImage({
      body: {
        ...wanted,
        ...(image ? { image } : {}),
        ...(last ? { last_image: last } : {}),
        ...(references.length > 0 ? { reference_images: [...references] } : {}),
      },
      throwOnError: true,
    });
  }
}

/** The last frame of a video as a file: a form has no other way to name it. Rejects with a problem. */
async function frameOf(url: string): Promise<File> {
  const answer = await fetch(url);
  if (!answer.ok) throw await answer.json();
  return new File([await answer.blob()], "last-frame.jpg", { type: "image/jpeg" });
}
