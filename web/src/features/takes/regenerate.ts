import { regenerateVideo, type VideoView } from "@/api";

/** Make a take again with these words, and with another image if there is one. Rejects with a problem. */
export async function regenerate(
  video_id: string,
  new_prompt: string,
  new_image: File | null,
): Promise<VideoView> {
  if (!new_image) {
    const { data } = await regenerateVideo({ path: { video_id }, body: { new_prompt }, throwOnError: true });
    return data;
  }
  // The generated client knows the JSON of this route alone; with a file it is a form.
  const form = new FormData();
  form.append("new_prompt", new_prompt);
  form.append("new_image", new_image, new_image.name);
  const response = await fetch(`/api/videos/${video_id}/regenerate`, { method: "POST", body: form });
  const data = await response.json();
  if (!response.ok) throw data;
  return data as VideoView;
}
