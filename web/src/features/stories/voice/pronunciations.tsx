import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import type { Story } from "@/features/stories/document";
import { changeStory } from "@/features/stories/edits";
import { useEdit } from "@/features/stories/use-story";
import { voiceStrings } from "@/strings/story-voice";

const words = voiceStrings.pronunciations;

/** How words are spoken that the voice gets wrong. */
export function Pronunciations({ story }: { story: Story }) {
  const edit = useEdit(story.story_id);
  const [written, setWritten] = useState("");
  const [spoken, setSpoken] = useState("");
  const { pronunciations } = story.document;
  const put = (next: typeof pronunciations) => edit.mutate(changeStory({ pronunciations: next }));
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-sm">{words.title}</h2>
      <p className="text-faint text-xs">{words.hint}</p>
      {pronunciations.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {pronunciations.map((each) => (
            <li key={each.written} className="flex items-center gap-2 py-1 text-sm">
              <span className="min-w-0 flex-1 truncate">
                {each.written} → <span className="text-muted">{each.spoken}</span>
              </span>
              <Button
                kind="ghost"
                size="icon-sm"
                aria-label={words.remove(each.written)}
                onClick={() => put(pronunciations.filter((other) => other !== each))}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="flex items-center gap-1.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!written.trim() || !spoken.trim()) return;
          const word = written.trim();
          const others = pronunciations.filter((each) => each.written !== word);
          put([...others, { written: word, spoken: spoken.trim() }]);
          setWritten("");
          setSpoken("");
        }}
      >
        <Input
          aria-label={words.written}
          placeholder={words.written}
          maxLength={100}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
        <Input
          aria-label={words.spoken}
          placeholder={words.spoken}
          maxLength={200}
          value={spoken}
          onChange={(event) => setSpoken(event.target.value)}
        />
        <Button type="submit" size="icon" aria-label={words.add}>
          <Plus />
        </Button>
      </form>
    </section>
  );
}
