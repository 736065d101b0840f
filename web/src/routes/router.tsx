import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { type HistorySearch, historySearch } from "@/features/jobs/history-search";
import { AccountMenu } from "@/features/people/account-menu";
import { Shell } from "@/features/shell/shell";
import type { ListSearch } from "@/features/stories/list-search";
import { isFilter, type TakeFilter } from "@/lib/take-filter";
import { Job } from "@/routes/job";
import { NotFound } from "@/routes/not-found";

type JobSearch = { show?: TakeFilter; stars?: number; video?: string };

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
  component: lazyRouteComponent(() => import("@/routes/new-job"), "NewJob"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId",
  validateSearch: ({ show, stars, video }: Record<string, unknown>): JobSearch => ({
    ...([1, 2, 3, 4, 5].includes(Number(stars)) ? { stars: Number(stars) } : {}),
    ...(isFilter(show) && show !== "all" ? { show } : {}),
    ...(typeof video === "string" ? { video } : {}),
  }),
  component: Job, // not lazy: where people are most, and what has the most to draw
});

const studio = createRoute({
  getParentRoute: () => root,
  path: "/studio",
  validateSearch: ({ video }: Record<string, unknown>): { video?: string } =>
    typeof video === "string" ? { video } : {},
  component: lazyRouteComponent(() => import("@/routes/studio"), "StudioPage"),
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
