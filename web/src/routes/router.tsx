import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { ErrorType } from "@/api";
import { type HistorySearch, historySearch } from "@/features/jobs/history-search";
import { AccountMenu } from "@/features/people/account-menu";
import type { ListSearch } from "@/features/stories/list-search";
import { type LibrarySearch, librarySearch } from "@/lib/library-search";
import { isReason } from "@/lib/reasons";
import { isFilter, type TakeFilter } from "@/lib/take-filter";
import { Shell } from "@/routes/frame";
import { Job } from "@/routes/job";
import { NotFound } from "@/routes/not-found";

type JobSearch = {
  show?: TakeFilter;
  reason?: ErrorType;
  fix?: boolean;
  stars?: number;
  video?: string;
};

/** `start`: the take whose last frame is the first; `reuse`: the take whose prompt and settings are used. */
type StudioSearch = { video?: string; start?: string; reuse?: string };

const root = createRootRoute({
  component: () => <Shell account={<AccountMenu />} />,
  notFoundComponent: NotFound,
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: (search: Record<string, unknown>): HistorySearch => historySearch(search),
  component: lazyRouteComponent(() => import("@/routes/dashboard"), "Dashboard"),
});

const newJob = createRoute({
  getParentRoute: () => root,
  path: "/new",
  validateSearch: ({ like }: Record<string, unknown>): { like?: string } =>
    typeof like === "string" ? { like } : {},
  component: lazyRouteComponent(() => import("@/routes/new-job"), "NewJob"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId",
  validateSearch: ({ show, reason, fix, stars, video }: Record<string, unknown>): JobSearch => ({
    ...(isReason(reason) ? { reason } : {}),
    ...(fix === true ? { fix } : {}),
    ...([1, 2, 3, 4, 5].includes(Number(stars)) ? { stars: Number(stars) } : {}),
    ...(isFilter(show) && show !== "all" ? { show } : {}),
    ...(typeof video === "string" ? { video } : {}),
  }),
  component: Job, // not lazy: where people are most, and what has the most to draw
});

const studio = createRoute({
  getParentRoute: () => root,
  path: "/studio",
  validateSearch: ({ video, start, reuse }: Record<string, unknown>): StudioSearch => ({
    ...(typeof video === "string" ? { video } : {}),
    ...(typeof start === "string" ? { start } : {}),
    ...(typeof reuse === "string" ? { reuse } : {}),
  }),
  component: lazyRouteComponent(() => import("@/routes/studio"), "StudioPage"),
});

const library = createRoute({
  getParentRoute: () => root,
  path: "/library",
  validateSearch: (search: Record<string, unknown>): LibrarySearch => librarySearch(search),
  component: lazyRouteComponent(() => import("@/routes/library"), "LibraryPage"),
});

const deleted = createRoute({
  getParentRoute: () => root,
  path: "/deleted",
  component: lazyRouteComponent(() => import("@/routes/deleted"), "DeletedPage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/routes/settings"), "Settings"),
});

const stories = createRoute({
  getParentRoute: () => root,
  path: "/stories",
  validateSearch: (search: Record<string, unknown>): ListSearch => search, // read by the page
  component: lazyRouteComponent(() => import("@/routes/stories"), "Stories"),
});

const newStory = createRoute({
  getParentRoute: () => root,
  path: "/stories/new",
  component: lazyRouteComponent(() => import("@/routes/new-story"), "NewStoryPage"),
});

const storyBatch = createRoute({
  getParentRoute: () => root,
  path: "/stories/batch/{-$batchId}",
  component: lazyRouteComponent(() => import("@/routes/story-batch"), "StoryBatchPage"),
});

const story = createRoute({
  getParentRoute: () => root,
  path: "/stories/$storyId/{-$tab}",
  component: lazyRouteComponent(() => import("@/routes/story"), "StoryPage"),
});

/** Have every page here before it is asked for: a server that goes away takes none with it. */
export function fetchPages(): void {
  for (const { options } of [
    dashboard,
    newJob,
    studio,
    stories,
    newStory,
    story,
    library,
    deleted,
    settings,
  ]) {
    const page = options.component as { preload?: () => Promise<void> } | undefined;
    void page?.preload?.().catch(() => undefined); // the server is away now; it is asked again when it is opened
  }
}

export const router = createRouter({
  routeTree: root.addChildren([
    dashboard,
    newJob,
    job,
    studio,
    stories,
    newStory,
    storyBatch,
    story,
    library,
    deleted,
    settings,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
