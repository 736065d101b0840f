// The only place that hears of changes on the server: server-sent events become refetches.
import type { QueryClient } from "@tanstack/react-query";
import type { VideoView } from "@/api";
import {
  listUpscalesQueryKey,
  readFlowSignInsQueryKey,
  readJobQueryKey,
  readJobsQueryKey,
  readKeysQueryKey,
  readNeedsQueryKey,
  readOperationsInfiniteQueryKey,
  readProjectsQueryKey,
  readStatsQueryKey,
  readVideosQueryKey,
} from "@/api/@tanstack/react-query.gen";
import { whenIdle } from "@/lib/idle";

export type LiveState = "connecting" | "live" | "lost";

type Change = { job_id?: string; video_id?: string; status: string; progress?: number };

/** A change, and of what: `job`, `video`, `project`, `upscale`, `credential`, `story`, `film` or `generation`. */
export type Heard = Change & { type: string };

/** Types that only some pages have a use for: those listen. */
const FOR_LISTENERS = ["story", "film", "generation"];

const REOPEN_MS = 2000;
const GATHER_MS = 250;
const SUM_MS = 4000;
const EVERY_JOB = [{ _id: "readJob" }] as const;
const EVERY_TAKE = [{ _id: "readVideos" }] as const;

let state: LiveState = "connecting";
const watchers = new Set<() => void>();

/** For `useSyncExternalStore`. */
export const liveState = {
  get: (): LiveState => state,
  subscribe(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

const listeners = new Set<(heard: Heard) => void>();

/** Hear of every change, until what is returned is called. */
export function listen(listener: (heard: Heard) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function read(event: MessageEvent<string>): Change {
  const change = JSON.parse(event.data) as Change;
  for (const listener of listeners) listener({ ...change, type: event.type });
  return change;
}

function become(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
}

/** Follow the server for as long as the page is open. */
export function follow(client: QueryClient): void {
  const pending = new Map<string, { videos: boolean }>();
  let upscales = false;
  let credentials = false;
  let projects = false;
  let counts = false;
  let busy = false;
  let summed = 0;
  let later: ReturnType<typeof setTimeout> | undefined;

  // Changes are gathered, and nothing is asked again before the last answer is in: a job of a thousand
  // videos that all finish at once costs as many requests as the server has time for, not a thousand.
  async function flush(): Promise<void> {
    if (busy) return;
    busy = true;
    while (pending.size > 0 || upscales || credentials || projects || counts) {
      await new Promise((done) => setTimeout(done, GATHER_MS));
      const jobs = [...pending];
      pending.clear();
      const keys = jobs.flatMap(([job_id, { videos }]) => {
        const path = { job_id };
        return videos
          ? [readJobQueryKey({ path }), readVideosQueryKey({ path })]
          : [readJobQueryKey({ path })];
      });
      const others = [
        ...(upscales ? [listUpscalesQueryKey()] : []),
        ...(credentials ? [readKeysQueryKey(), readFlowSignInsQueryKey(), EVERY_TAKE] : []), // they say why they wait
        ...(credentials || projects ? [EVERY_JOB] : []), // a job says so too, and the name of its project
        ...(projects || counts ? [readProjectsQueryKey()] : []), // they say how many jobs they have
      ];
      upscales = credentials = projects = counts = false;
      await Promise.all(
        [readJobsQueryKey(), readNeedsQueryKey(), readOperationsInfiniteQueryKey(), ...others, ...keys].map(
          (queryKey) => client.invalidateQueries({ queryKey }),
        ),
      );
      // Totals are of everything there is: they may be a moment behind.
      if (performance.now() - summed > SUM_MS) sum();
      else later ??= setTimeout(sum, SUM_MS);
    }
    busy = false;
  }

  function sum(): void {
    clearTimeout(later);
    later = undefined;
    summed = performance.now();
    void client.invalidateQueries({ queryKey: readStatsQueryKey() });
  }

  function hear(event: MessageEvent<string>): void {
    const change = read(event);
    if (!change.job_id) return;
    counts ||= event.type === "job";
    const videos = !moveAlong(client, change) || (pending.get(change.job_id)?.videos ?? false);
    pending.set(change.job_id, { videos });
    void flush();
  }

  function hearUpscale(event: MessageEvent<string>): void {
    const { job_id, status } = read(event);
    if (job_id && status === "completed") pending.set(job_id, { videos: true }); // it has a 4K copy now
    upscales = true;
    void flush();
  }

  function hearCredential(event: MessageEvent<string>): void {
    read(event);
    credentials = true;
    void flush();
  }

  function hearProject(event: MessageEvent<string>): void {
    read(event);
    projects = true;
    void flush();
  }

  function open(missed: boolean): void {
    const source = new EventSource("/api/events");
    source.addEventListener("open", () => {
      become("live");
      // A stream that had to be opened anew does not know what was missed: look at everything.
      if (missed) void client.invalidateQueries();
      else lookAgain(client);
    });
    source.addEventListener("job", hear);
    source.addEventListener("video", hear);
    source.addEventListener("project", hearProject);
    source.addEventListener("upscale", hearUpscale);
    source.addEventListener("credential", hearCredential);
    for (const type of FOR_LISTENERS) source.addEventListener(type, read);
    // Events of a database before its backup was restored: nothing that is known here holds.
    source.addEventListener("reset", () => void client.invalidateQueries());
    source.addEventListener("error", () => {
      become("lost");
      // Browsers mend a dropped stream themselves (and go on where they were), but not a refused one.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => open(true), REOPEN_MS);
    });
  }
  open(false);
}

/** What was answered before the first stream was open may have changed before it told of it. */
function lookAgain(client: QueryClient): void {
  const opened = Date.now();
  whenIdle(() => {
    void client.invalidateQueries({
      predicate: ({ state }) => 0 < state.dataUpdatedAt && state.dataUpdatedAt <= opened,
    });
  });
}

/** The progress of a video needs no request for all of them: it is in the event (as 0 to 1). True when
 * that was all there was. */
function moveAlong(client: QueryClient, change: Change): boolean {
  if (!change.job_id) return false;
  const key = readVideosQueryKey({ path: { job_id: change.job_id } });
  const videos = client.getQueryData<VideoView[]>(key);
  const video = videos?.find((each) => each.video_id === change.video_id);
  if (!video || change.progress === undefined || video.status !== change.status) return false;
  const progress = 100 * change.progress;
  client.setQueryData<VideoView[]>(key, (all) =>
    all?.map((each) => (each.video_id === change.video_id ? { ...each, progress } : each)),
  );
  return true;
}
