import { Check, X } from "lucide-react";
import { useState } from "react";
import type { Draft } from "@/api";
import { Button } from "@/components/ui/button";
import type { Section, Story } from "@/features/stories/document";
import { changeSection, changeStory } from "@/features/stories/edits";
import { useEdit } from "@/features/stories/use-story";
import { scriptStrings } from "@/strings/story-script";
import { type Piece, wordDiff } from "./diff";

const words = scriptStrings.improve;

/** A script that was rewritten, and the sections that it was made of. */
export type Version = { draft: Draft; before: readonly Section[]; provider: string };

type Props = { story: Story; version: Version; onDone: () => void };

/** The changes of a rewritten script: each section is accepted or rejected alone. */
export function Review({ story, version, onDone }: Props) {
  const edit = useEdit(story.story_id);
  const { draft, before, provider } = version;
  const next = draft.sections;
  const [settled, setSettled] = useState<readonly string[]>([]);
  const sameCount = next.length === before.length;
  const changes = sameCount
    ? before.flatMap((section, place) => {
        const now = next[place];
        return now && now.narration.trim() !== section.narration.trim() ? [{ section, now, place }] : [];
      })
    : [];
  const open = changes.filter((each) => !settled.includes(each.section.id));
  if (sameCount && open.length === 0 && settled.length > 0) {
    return <Nothing text={words.accepted} onDone={onDone} />;
  }
  if (sameCount && changes.length === 0) return <Nothing text={words.nothing} onDone={onDone} />;

  function accept(section: Section, narration: string): void {
    edit.mutate(changeSection(section.id, { narration }, { narration: section.narration }));
    settle(section);
  }
  const settle = (section: Section) => setSettled((all) => [...all, section.id]);
  function acceptWhole(): void {
    const sections = next.map(
      ({ heading = "", narration, on_screen = "", visual_prompt = "", keywords = [] }) => ({
        heading,
        narration,
        on_screen,
        visual_prompt,
        keywords,
      }),
    );
    edit.mutate(changeStory({ sections }, "Script improved."));
    onDone();
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-sm">{sameCount ? words.reviewText(open.length) : words.gone}</p>
      <p className="text-faint text-xs">{words.by(provider)}</p>
      {open.map(({ section, now, place }) => (
        <div key={section.id} className="rounded-lg border border-line bg-surface p-3">
          <h3 className="text-faint text-xs">{scriptStrings.section(place + 1)}</h3>
          <Diff pieces={wordDiff(section.narration, now.narration)} />
          <div className="mt-2 flex gap-2">
            <Button
              size="sm"
              aria-label={`${words.accept}, ${scriptStrings.section(place + 1)}`}
              onClick={() => accept(section, now.narration)}
            >
              <Check />
              {words.accept}
            </Button>
            <Button
              size="sm"
              aria-label={`${words.reject}, ${scriptStrings.section(place + 1)}`}
              onClick={() => settle(section)}
            >
              <X />
              {words.reject}
            </Button>
          </div>
        </div>
      ))}
      {!sameCount && <Diff pieces={wordDiff(textOf(before), textOf(next))} />}
      <div className="flex gap-2">
        <Button
          kind="primary"
          onClick={() => {
            if (!sameCount) return acceptWhole();
            for (const { section, now } of open) accept(section, now.narration);
          }}
        >
          {sameCount ? words.acceptAll : words.whole}
        </Button>
        <Button onClick={onDone}>{words.cancel}</Button>
      </div>
    </div>
  );
}

function Nothing({ text, onDone }: { text: string; onDone: () => void }) {
  return (
    <div className="flex items-center gap-3">
      <p role="status" className="flex-1 text-muted text-sm">
        {text}
      </p>
      <Button size="sm" onClick={onDone}>
        {scriptStrings.improve.title}
      </Button>
    </div>
  );
}

const textOf = (sections: readonly { narration: string }[]): string =>
  sections.map((each) => each.narration).join(" ");

/** Removed and added words; also told apart by those who do not see the colours. */
function Diff({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <p className="mt-1 text-sm leading-relaxed [overflow-wrap:anywhere]">
      {pieces.map((each, place) =>
        each.kind === "same" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces are their places
          <span key={place}>{each.text}</span>
        ) : each.kind === "added" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <ins key={place} className="rounded bg-good-soft text-good no-underline">
            {each.text}
          </ins>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <del key={place} className="rounded bg-bad-soft text-bad">
            {each.text}
          </del>
        ),
      )}
    </p>
  );
}
