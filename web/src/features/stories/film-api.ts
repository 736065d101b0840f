// Calls and queries of preview, look and film. As in `api.ts`, only pages of stories load them.
import { useQuery } from "@tanstack/react-query";
import type { FilmView, PreviewView, ProjectView } from "@/api";
import { client } from "@/api/client.gen";
import { previewKey } from "@/lib/story-keys";

async function ask<R>(method: "GET" | "POST" | "PATCH", url: string, body?: unknown): Promise<R> {
  const { data } = await client.request<R, unknown, true>({
    method,
    url: `/api${url}`,
    ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/json" } }),
    throwOnError: true,
  });
  return data as R;
}

const story = (id: string) => `/stories/${encodeURIComponent(id)}`;

export const renderFilm = (id: string) => ask<FilmView>("POST", `${story(id)}/render`, {});
export const exportStory = (id: string) => ask<FilmView>("POST", `${story(id)}/export`, {});
export const readProject = (id: string) => ask<ProjectView>("GET", `/projects/${encodeURIComponent(id)}`);
export const saveBrand = (id: string, brand: object) =>
  ask<ProjectView>("PATCH", `/projects/${encodeURIComponent(id)}`, { brand });

/** What the preview of a story plays. The last one stays while the next is on its way. */
export function usePreview(id: string) {
  return useQuery({
    queryKey: previewKey(id),
    queryFn: () => ask<PreviewView>("GET", `${story(id)}/preview`),
    placeholderData: (before) => before,
  });
}

/** The address of one frame as the film will have it. */
export const frameUrl = (id: string, frame: number, hash: string, height?: number): string =>
  `/api${story(id)}/frame?frame=${frame}&of=${hash}${height ? `&height=${height}` : ""}`;
