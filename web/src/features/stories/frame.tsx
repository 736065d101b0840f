import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronLeft, Ellipsis, FilmIcon, Trash2 } from "lucide-react";
import { Suspense, useEffect } from "react";
import { Button, buttonLook } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Progress } from "@/components/ui/progress";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { cn } from "@/lib/cn";
import { duration, money } from "@/lib/format";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { storiesStrings } from "@/strings/stories";
import { StoryBadge } from "./badges";
import type { Story } from "./document";
import { useStoryEvents } from "./live";
import { countParts, isActive, STEPS } from "./parts";
import { estimateWords } from "./price";
import { RunButton } from "./run-button";
import { StoryName } from "./story-name";
import { TABS, type TabId } from "./tabs";
import { useDeleteStory } from "./use-delete";
import { useEstimate, useStory } from "./use-story";

const NOT_FOUND = [404, 422];

type Props = { storyId: string; tab: TabId };

/** What is around every tab of a story: what it is, how far it is, what it costs, and the tabs. */
export function StoryFrame({ storyId, tab }: Props) {
  useStoryEvents();
  const { story, error, refetch, saving } = useStory(storyId);
  const name = story?.name;
  useEffect(() => {
    document.title = name ? `${name} · ${appStrings.app}` : appStrings.app;
  }, [name]);
  if (error && NOT_FOUND.includes(problemOf(error).status)) {
    return (
      <Nothing page icon={FilmIcon} title={storiesStrings.notFound} text={storiesStrings.notFoundText}>
        <Link to="/stories" className={buttonLook()}>
          {storiesStrings.back}
        </Link>
      </Nothing>
    );
  }
  if (error && !story) return <Failed page error={error} onRetry={() => refetch()} />;
  if (!story) return <Loading />;
  const Tab = TABS.find((each) => each.id === tab)?.Tab;
  return (
    <div className="flex w-full flex-1 flex-col">
      <Header story={story} saving={saving} />
      <nav
        aria-label={storiesStrings.tabsLabel}
        className="flex overflow-x-auto border-line border-b px-2 sm:px-4"
      >
        {TABS.map(({ id }) => (
          <Link
            key={id}
            to="/stories/$storyId/{-$tab}"
            params={{ storyId, tab: id }}
            className={cn(
              "-mb-px shrink-0 border-transparent border-b-2 px-2.5 py-2 text-muted text-sm hover:text-text",
              id === tab && "border-accent-text! text-text!",
            )}
            aria-current={id === tab ? "page" : undefined}
          >
            {storiesStrings.tabs[id]}
            <TabMark story={story} tab={id} />
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Skeleton className="m-4 h-80 sm:m-6" />}>{Tab && <Tab story={story} />}</Suspense>
    </div>
  );
}

function Header({ story, saving }: { story: Story; saving: boolean }) {
  const navigate = useNavigate();
  const { dialog, askDelete } = useDeleteStory(() => void navigate({ to: "/stories" }));
  const blocked = (story.status === "waiting" || story.status === "failed") && story.reason;
  return (
    <header className="flex flex-col gap-2 px-4 pt-4 pb-2 sm:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Link
          to="/stories"
          aria-label={storiesStrings.back}
          title={storiesStrings.back}
          className="-ml-1 grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
        >
          <ChevronLeft className="size-5" />
        </Link>
        <StoryName
          story={story}
          isHeading
          className="basis-64 [&_input]:h-9! [&_input]:font-semibold [&_input]:text-lg!"
        >
          <h1 className="min-w-0 max-w-full truncate font-semibold text-xl tracking-tight max-sm:flex-1">
            {story.name}
          </h1>
        </StoryName>
        <StoryBadge status={story.status} />
        <span role="status" className="text-faint text-xs">
          {saving ? storiesStrings.saving : ""}
        </span>
        <div className="ml-auto flex items-center gap-2">
          <RunButton story={story} until="film" />
          <Menu
            trigger={
              <Button kind="ghost" size="icon" aria-label={appStrings.common.more}>
                <Ellipsis />
              </Button>
            }
          >
            <MenuItem danger onSelect={() => askDelete(story)}>
              <Trash2 />
              {storiesStrings.delete}
            </MenuItem>
          </Menu>
        </div>
      </div>
      {isActive(story) && (
        <Progress label={storiesStrings.run.overall} value={story.progress} className="max-w-3xl" />
      )}
      <CostLine story={story} />
      {blocked && (
        <p
          className={cn(
            "rounded-lg px-3 py-2",
            story.status === "failed" ? "bg-bad-soft text-bad" : "bg-wait-soft text-wait",
          )}
        >
          {story.reason}
        </p>
      )}
      {story.status === "review" && story.reason && (
        <p className="rounded-lg bg-wait-soft px-3 py-2 text-wait">{story.reason}</p>
      )}
      {dialog}
    </header>
  );
}

/** Length, what is left to pay and to wait, what was spent. */
export function CostLine({ story }: { story: Story }) {
  const { data: estimate } = useEstimate(story.story_id);
  const spent = Number(story.cost);
  const steps = STEPS.map((each) => countParts(story.parts, each));
  const stale = steps.reduce((sum, each) => sum + each.stale, 0);
  const done = story.status === "completed";
  const facts = [
    `${story.language} · ${story.shape}`,
    storiesStrings.sections(story.document.sections.length),
    ...(done && story.seconds ? [storiesStrings.cost.length(duration(story.seconds))] : []),
    ...(!done && estimate ? estimateWords(estimate) : []),
    ...(spent > 0 ? [storiesStrings.cost.spent(money(spent))] : []),
    ...(story.budget ? [storiesStrings.cost.budget(money(Number(story.budget)))] : []),
  ];
  return (
    <p className="tnum flex flex-wrap items-center gap-x-2 text-muted text-sm">
      {facts.map((fact, index) => (
        <span key={fact}>
          {index > 0 && <span className="mr-2 text-faint">·</span>}
          {fact}
        </span>
      ))}
      {stale > 0 && (
        <span className="text-wait" title={storiesStrings.staleHint}>
          · {storiesStrings.stale(stale)}
        </span>
      )}
    </p>
  );
}

const STEP_OF = {
  script: "script",
  voice: "voice",
  pictures: "pictures",
  timeline: "scenes",
  film: "film",
} as const;

/** A dot where something of the tab is out of date or in trouble. */
function TabMark({ story, tab }: { story: Story; tab: TabId }) {
  if (tab === "look") return null;
  const { stale, trouble } = countParts(story.parts, STEP_OF[tab]);
  if (stale + trouble === 0) return null;
  return (
    <span className={cn("ml-1.5 inline-block align-middle", trouble ? "text-bad" : "text-wait")}>
      <span aria-hidden="true" className="inline-block size-1.5 rounded-full bg-current" />
      <span className="sr-only">{trouble ? storiesStrings.parts.failed : storiesStrings.stale(stale)}</span>
    </span>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-4 px-4 py-5 sm:px-6">
      <Skeleton className="h-16" />
      <Skeleton className="h-10" />
      <Skeleton className="h-80" />
    </div>
  );
}
