// Takes over what public/begin.js has asked for while this code was still on its way.
import type { QueryClient } from "@tanstack/react-query";
import { readJobOptions, readVideosOptions } from "@/api/@tanstack/react-query.gen";
import { previewKey, storyKey } from "@/lib/story-keys";
import type { JobView, PreviewView, StoryView, VideoView } from "./api";
import { worthAnother } from "./queries";

const SOON_MS = 250;

declare global {
  interface Window {
    begun?: {
      jobId: string;
      job: Promise<JobView | undefined>;
      videos: Promise<VideoView[] | undefined>;
    };
    begunStory?: {
      storyId: string;
      story: Promise<StoryView | undefined>;
      /** Of a tab that plays it. */
      preview: Promise<PreviewView | undefined> | undefined;
    };
  }
}

/** Put it where pages look for it. What did not come is asked for in the usual way. Resolves when all of it
 * is there, or has not come soon: a page that is drawn with it is not drawn without it first. */
export async function takeBegun(client: QueryClient): Promise<void> {
  const { begun, begunStory } = window;
  delete window.begunStory;
  if (begunStory) {
    const { storyId, story, preview } = begunStory;
    await soon([keep(client, storyKey(storyId), story), keep(client, previewKey(storyId), preview)]);
  }
  if (!begun) return;
  delete window.begun;
  const retry = worthAnother;
  const path = { job_id: begun.jobId };
  const job = readJobOptions({ path });
  const videos = readVideosOptions({ path });
  await soon([
    client.prefetchQuery({ ...job, retry, queryFn: first(begun.job, job.queryFn) }),
    client.prefetchQuery({ ...videos, retry, queryFn: first(begun.videos, videos.queryFn) }),
  ]);
}

const soon = (all: Promise<void>[]): Promise<unknown> =>
  Promise.race([Promise.all(all), new Promise((done) => setTimeout(done, SOON_MS))]);

/** Keep an answer where pages look, unless one of them has asked for itself meanwhile. */
async function keep(
  client: QueryClient,
  queryKey: readonly unknown[],
  come: Promise<object | undefined> | undefined,
): Promise<void> {
  const answer = await come;
  if (answer && client.getQueryState(queryKey)?.data === undefined) client.setQueryData(queryKey, answer);
}

function first<T, F>(come: Promise<T | undefined>, ask: F): F {
  const either = async (...asked: unknown[]) => (await come) ?? (ask as (...asked: unknown[]) => T)(...asked);
  return either as F;
}
