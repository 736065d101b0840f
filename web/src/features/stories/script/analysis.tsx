import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ScriptAnalysis } from "@/api";
import { Skeleton } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import type { Story } from "@/features/stories/document";
import { keys } from "@/features/stories/use-story";
import { scriptStrings } from "@/strings/story-script";

const words = scriptStrings.analysis;
const NEAR = 0.1;

/** The script in figures, as the voice speaks. */
export function useAnalysis(story: Story) {
  return useQuery({
    queryKey: keys.analysis(story.story_id),
    queryFn: () => api.readAnalysis(story.story_id),
    placeholderData: (before) => before,
    enabled: story.document.sections.length > 0,
  });
}

/** What there is to say of each section, in place. */
export function notesOf(analysis: ScriptAnalysis | undefined, sectionId: string): string[] {
  const found = [...(analysis?.repetition ?? []), ...(analysis?.to_check ?? [])];
  return found
    .filter((each) => each.section_id === sectionId)
    .map((each) => `“${each.text}”: ${each.reason}`)
    .filter((each, place, all) => all.indexOf(each) === place)
    .slice(0, 4);
}

type Props = { analysis: ScriptAnalysis | undefined; failed: boolean };

/** Length, reading level, hook and pacing of the whole script. */
export function Analysis({ analysis, failed }: Props) {
  if (failed) return <p className="text-bad text-sm">{words.failed}</p>;
  if (!analysis) return <Skeleton className="h-40" />;
  const { seconds, target_seconds: target } = analysis;
  const off = seconds - target;
  const near = Math.abs(off) <= NEAR * target;
  return (
    <dl className="flex flex-col gap-3 text-sm">
      <Fact name={words.length}>
        <span className="tnum">
          {scriptStrings.length(seconds)}
          <span className="text-faint">
            {" · "}
            {words.target(target)}
          </span>
        </span>
        <div aria-hidden="true" className="relative mt-1 h-1.5 overflow-hidden rounded-full bg-raised">
          <div
            className={near ? "h-full bg-good-fill" : "h-full bg-wait-fill"}
            style={{ width: `${Math.min(100, (100 * seconds) / Math.max(target, seconds))}%` }}
          />
        </div>
        <p className={near ? "text-good text-xs" : "text-wait text-xs"}>
          {near ? words.onTarget : off > 0 ? words.over(off) : words.under(-off)}
        </p>
      </Fact>
      <Fact name={words.reading}>{analysis.reading_words || words.none}</Fact>
      <Fact name={words.hook}>
        {analysis.hook ? <q className="text-muted">{analysis.hook}</q> : words.none}
        <Notes notes={analysis.hook_notes} good={analysis.hook ? words.hookGood : ""} />
      </Fact>
      <Fact name={words.pacing}>
        <Notes notes={analysis.pacing} good={words.none} />
      </Fact>
      <Fact name={words.inPlace}>{words.counts(analysis.repetition.length, analysis.to_check.length)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="font-medium text-faint text-xs">{name}</dt>
      <dd className="mt-0.5 min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

function Notes({ notes, good }: { notes: readonly string[]; good: string }) {
  if (notes.length === 0) return <p className="text-muted text-xs">{good}</p>;
  return (
    <ul className="mt-0.5 flex flex-col gap-0.5 text-wait text-xs">
      {[...new Set(notes)].slice(0, 6).map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
