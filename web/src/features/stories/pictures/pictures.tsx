import { useQuery } from "@tanstack/react-query";
import { Images } from "lucide-react";
import type { SectionPictures } from "@/api";
import { Toggle } from "@/components/ui/field";
import { Failed, Nothing } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import { changeStory } from "@/features/stories/edits";
import { RunButton } from "@/features/stories/run-button";
import type { TabProps } from "@/features/stories/tabs";
import { keys, useEdit } from "@/features/stories/use-story";
import { pictureStrings as words } from "@/strings/story-pictures";
import { Licence } from "./licence";
import { SectionBox } from "./section-pictures";

/** What each section shows, with author and licence. */
export function Tab({ story }: TabProps) {
  const edit = useEdit(story.story_id);
  const pictures = useQuery({
    queryKey: keys.pictures(story.story_id),
    queryFn: () => api.readPictures(story.story_id),
    placeholderData: (before) => before,
  });
  const { sections, credits } = story.document;
  if (sections.length === 0) {
    return (
      <Nothing icon={Images} title={words.empty} text={words.emptyText}>
        <RunButton story={story} until="script" />
      </Nothing>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-x-8 gap-y-6 px-4 py-5 sm:px-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <section aria-label={words.sections} className="flex min-w-0 flex-col gap-3">
        <div>
          <RunButton story={story} until="pictures" kind="plain" />
        </div>
        {pictures.isError && !pictures.data && (
          <Failed error={pictures.error} onRetry={() => pictures.refetch()} />
        )}
        {sections.map((section, place) => (
          <SectionBox
            key={section.id}
            story={story}
            section={section}
            number={place + 1}
            given={pictures.data?.find((each) => each.section_id === section.id)}
          />
        ))}
      </section>
      <aside className="flex min-w-0 flex-col gap-3 lg:sticky lg:top-16">
        <h2 className="font-semibold text-sm">{words.credits}</h2>
        <Credits pictures={pictures.data ?? []} />
        <Toggle
          label={words.creditsCard}
          hint={words.creditsText}
          checked={credits}
          onChange={(event) => edit.mutate(changeStory({ credits: event.target.checked }))}
        />
      </aside>
    </div>
  );
}

/** Whose pictures the film shows. */
function Credits({ pictures }: { pictures: readonly SectionPictures[] }) {
  const shown = pictures
    .flatMap((each) => each.pictures)
    .filter(({ attribution: { author, licence, text } }) => author || licence || text)
    .filter((each, place, all) => all.findIndex((other) => other.hash === each.hash) === place);
  if (shown.length === 0) return <p className="text-muted text-sm">{words.creditsNone}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {shown.map((each) => (
        <li key={each.hash}>
          {each.attribution.text && (
            <p className="text-sm [overflow-wrap:anywhere]">{each.attribution.text}</p>
          )}
          <Licence source={each.provider} attribution={each.attribution} />
        </li>
      ))}
    </ul>
  );
}
