import { Link } from "@tanstack/react-router";
import { Clapperboard } from "lucide-react";
import type { StoryCard } from "@/api";
import { Clip, useHoverPlay } from "@/components/clip";
import { ago, duration, moment, money } from "@/lib/format";
import { storiesStrings } from "@/strings/stories";
import { StoryBadge } from "./badges";
import { StoryName } from "./story-name";

/** A story in the list: its poster, what it is, and how it stands. */
export function Card({ story }: { story: StoryCard }) {
  const { playing, hover } = useHoverPlay();
  const facts = [
    ...(story.seconds ? [duration(story.seconds)] : []),
    story.shape,
    story.language,
    storiesStrings.sections(story.sections),
    ...(Number(story.cost ?? 0) > 0 ? [money(Number(story.cost))] : []),
  ];
  return (
    <article
      aria-label={story.name}
      className="group relative flex h-full flex-col overflow-hidden rounded-xl border border-line bg-surface hover:border-line-strong"
      {...hover}
    >
      <div className="relative aspect-video overflow-hidden bg-well">
        {story.poster_url ? (
          <Clip picture={story.poster_url} video={story.film_url} playing={playing} />
        ) : (
          <div className="grid size-full place-items-center text-faint">
            <span className="flex flex-col items-center gap-1 text-xs">
              <Clapperboard className="size-6" />
              {storiesStrings.noPoster}
            </span>
          </div>
        )}
      </div>
      <div className="flex flex-1 flex-col gap-1.5 p-3">
        <div className="flex items-start gap-2">
          <StoryName
            story={story}
            className="relative z-10"
            buttonClassName="-my-1 relative z-10 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
          >
            <h2 className="line-clamp-2 min-w-0 flex-1 font-medium [overflow-wrap:anywhere]">
              <Link
                to="/stories/$storyId/{-$tab}"
                params={{ storyId: story.story_id, tab: "script" }}
                className="after:absolute after:inset-0 after:rounded-xl"
              >
                {story.name}
              </Link>
            </h2>
          </StoryName>
          <StoryBadge status={story.status} />
        </div>
        {story.reason && story.status !== "completed" && (
          <p className="line-clamp-2 text-muted text-xs">{story.reason}</p>
        )}
        <p className="tnum mt-auto flex flex-wrap gap-x-1.5 text-faint text-xs">
          {facts.join(" · ")}
          <time dateTime={story.created_at} title={moment(story.created_at)} className="ml-auto">
            {ago(story.created_at)}
          </time>
        </p>
      </div>
    </article>
  );
}
