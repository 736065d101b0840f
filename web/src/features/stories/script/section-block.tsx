import { Ellipsis, GripVertical, Lock, LockOpen } from "lucide-react";
import { type ComponentProps, useId, useRef } from "react";
import { toast } from "sonner";
import type { ScriptAnalysis } from "@/api";
import { Button } from "@/components/ui/button";
import { Input, Textarea } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { PartMark } from "@/features/stories/badges";
import type { Section, Story } from "@/features/stories/document";
import { addSection, changeSection, merge, removeSection, restore, split } from "@/features/stories/edits";
import { partOf } from "@/features/stories/parts";
import { useDraft } from "@/features/stories/use-draft";
import { useEdit } from "@/features/stories/use-story";
import { cn } from "@/lib/cn";
import { scriptStrings as words } from "@/strings/story-script";

type Props = {
  story: Story;
  section: Section;
  place: number;
  figures: ScriptAnalysis["sections"][number] | undefined;
  notes: readonly string[];
  handle: ComponentProps<"button">;
  dragged: boolean;
  onMove: (to: number) => void;
};

/** One section of the script as it is read, and edited in place. */
export function SectionBlock({ story, section, place, figures, notes, handle, dragged, onMove }: Props) {
  const edit = useEdit(story.story_id);
  const set: SetText = (name) => (value, base) =>
    edit.mutate(changeSection(section.id, { [name]: value }, { [name]: base }));
  const heading = useDraft(section.heading, set("heading"));
  const narration = useDraft(section.narration, set("narration"));
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const number = place + 1;
  const last = place === story.document.sections.length - 1;
  const voice = partOf(story, "voice", section.id);

  function splitHere(): void {
    const at = area.current?.selectionStart ?? 0;
    if (at < 1 || at >= narration.field.value.trimEnd().length) {
      toast.error(words.splitNowhere);
      return;
    }
    const cut = narration.field.value.slice(0, at).trimStart().length;
    narration.flush();
    edit.mutate(split(section.id, cut));
  }
  function remove(): void {
    const before = story.version;
    edit.mutate(removeSection(section.id));
    toast.success(words.removed, {
      action: { label: words.undo, onClick: () => edit.mutate(restore(before)) },
    });
  }
  return (
    <article
      data-section={section.id}
      aria-labelledby={`${id}-name`}
      className={cn(
        "group rounded-xl border border-line bg-surface p-3 sm:p-4",
        dragged && "border-accent-text opacity-60",
      )}
    >
      <div className="flex items-center gap-1.5">
        <button
          type="button"
          aria-label={words.drag(number)}
          title={words.dragHint}
          className="-ml-1.5 grid h-8 w-6 shrink-0 cursor-grab touch-none place-items-center rounded text-faint hover:text-text"
          {...handle}
        >
          <GripVertical className="size-4" />
        </button>
        <span id={`${id}-name`} className="tnum shrink-0 text-faint text-sm">
          <span className="sr-only">{words.section(number)}</span>
          <span aria-hidden="true">{number}</span>
        </span>
        <Input
          {...heading.field}
          aria-label={`${words.heading}, ${words.section(number)}`}
          placeholder={words.heading}
          maxLength={300}
          className="min-w-0 flex-1 border-transparent! bg-transparent! font-medium"
        />
        {voice && <PartMark part={voice} quiet />}
        <Button
          kind="ghost"
          size="icon-sm"
          aria-label={`${section.locked ? words.unlock : words.lock}, ${words.section(number)}`}
          aria-pressed={section.locked}
          title={section.locked ? words.locked : words.lock}
          onClick={() => edit.mutate(changeSection(section.id, { locked: !section.locked }))}
        >
          {section.locked ? <Lock className="text-accent-text" /> : <LockOpen />}
        </Button>
        <Menu
          trigger={
            <Button kind="ghost" size="icon-sm" aria-label={words.more(number)}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem onSelect={splitHere}>{words.split}</MenuItem>
          <MenuItem disabled={last} onSelect={() => edit.mutate(merge(section.id))}>
            {words.merge}
          </MenuItem>
          <MenuItem disabled={place === 0} onSelect={() => onMove(place - 1)}>
            {words.up}
          </MenuItem>
          <MenuItem disabled={last} onSelect={() => onMove(place + 1)}>
            {words.down}
          </MenuItem>
          <MenuItem onSelect={() => edit.mutate(addSection({}, section.id))}>{words.addBelow}</MenuItem>
          <MenuItem danger onSelect={remove}>
            {words.remove}
          </MenuItem>
        </Menu>
      </div>
      <Textarea
        {...narration.field}
        ref={area}
        aria-label={`${words.narration}, ${words.section(number)}`}
        title={words.narrationHint}
        placeholder={words.narration}
        maxLength={10_000}
        className="field-sizing-content mt-1 min-h-14! resize-none! border-transparent! bg-transparent! text-base leading-relaxed hover:border-line! focus:border-line!"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          splitHere();
        }}
      />
      <Seen section={section} number={number} onSet={set} />
      {figures && figures.words > 0 && (
        <p className="tnum mt-1.5 px-2.5 text-faint text-xs">
          {words.words(figures.words)} · {words.length(figures.seconds)}
        </p>
      )}
      {notes.length > 0 && (
        <ul className="mt-1 flex flex-col gap-0.5 px-2.5 text-wait text-xs">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </article>
  );
}

type SetText = (name: string) => (value: string, base: string) => void;
type SeenProps = { section: Section; number: number; onSet: SetText };

/** What is seen meanwhile: the words on the screen, and what the picture shows. */
function Seen({ section, number, onSet }: SeenProps) {
  const screen = useDraft(section.on_screen, onSet("on_screen"));
  const visual = useDraft(section.visual_prompt, onSet("visual_prompt"));
  return (
    <div className="mt-1 grid gap-x-3 gap-y-2 px-2.5 sm:grid-cols-[2fr_3fr]">
      <div className="flex min-w-0 flex-col gap-0.5 text-faint text-xs">
        <span aria-hidden="true">{words.onScreen}</span>
        <Input
          {...screen.field}
          aria-label={`${words.onScreen}, ${words.section(number)}`}
          maxLength={300}
          className="text-sm! text-text"
        />
      </div>
      <div className="flex min-w-0 flex-col gap-0.5 text-faint text-xs">
        <span aria-hidden="true">{words.visual}</span>
        <Textarea
          {...visual.field}
          aria-label={`${words.visual}, ${words.section(number)}`}
          placeholder={words.visualHint}
          maxLength={4000}
          rows={1}
          className="field-sizing-content min-h-8! resize-none! py-1.5! text-sm! text-text"
        />
      </div>
    </div>
  );
}
