import { Sparkles } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Select, Textarea } from "@/components/ui/field";
import type { Section, Story } from "@/features/stories/document";
import { canGenerate, pictureWords, useChoices } from "@/features/stories/use-providers";
import { useEdit } from "@/features/stories/use-story";
import { storiesStrings } from "@/strings/stories";
import { pictureStrings as words } from "@/strings/story-pictures";
import { addPicture, generated } from "./choose";

type Props = { story: Story; section: Section; number: number; onClose: () => void };

/** A picture of a prompt: the next run has it made. */
export function GenerateDialog({ story, section, number, onClose }: Props) {
  const edit = useEdit(story.story_id);
  const painters = useChoices("picture").filter(canGenerate);
  const [prompt, setPrompt] = useState(section.visual_prompt || section.narration.slice(0, 300));
  const [chosen, setChosen] = useState("");
  const first = painters.find((each) => each.ready && each.needs) ?? painters.find((each) => each.ready);
  const provider = painters.find((each) => each.id === chosen) ?? first;
  const price = pictureWords(provider, storiesStrings.cost.free);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.generateTitle(number)}
      text={words.generateHint}
      footer={
        <Button
          kind="primary"
          disabled={!provider?.ready || !prompt.trim()}
          onClick={() => {
            if (provider) edit.mutate(addPicture(section, generated(provider.id, prompt.trim())));
            onClose();
          }}
        >
          <Sparkles />
          {words.generateGo(price)}
        </Button>
      }
    >
      <Field label={words.prompt}>
        {(ids) => (
          <Textarea
            {...ids}
            maxLength={4000}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        )}
      </Field>
      <Field label={words.provider}>
        {(ids) => (
          <Select {...ids} value={provider?.id ?? ""} onChange={(event) => setChosen(event.target.value)}>
            {painters.map((each) => (
              <option key={each.id} value={each.id} disabled={!each.ready}>
                {each.ready ? each.title : words.needsKey(each.title)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Dialog>
  );
}
