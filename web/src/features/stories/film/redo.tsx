import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PreviewView } from "@/api";
import { Button } from "@/components/ui/button";
import { Field, Select, Textarea } from "@/components/ui/field";
import type { Change, Story } from "@/features/stories/document";
import { another, changeSection } from "@/features/stories/edits";
import { isShown } from "@/features/stories/film-model";
import { priceWords } from "@/features/stories/price";
import { canGenerate, useChoices } from "@/features/stories/use-providers";
import { useEdit, useRun } from "@/features/stories/use-story";
import { filmStrings } from "@/strings/story-film";
import { priceOfRedo, redoKey } from "./redo-price";

const tf = filmStrings.film;
type What = "picture" | "scene" | "speech";

/** Make one scene anew: another picture or voice of the same, or by another provider or prompt. */
export function Redo({ story, preview }: { story: Story; preview: PreviewView | undefined }) {
  const sections = story.document.sections.filter(isShown);
  const [sectionId, setSectionId] = useState(sections[0]?.id ?? "");
  const [what, setWhat] = useState<What>("picture");
  const [prompt, setPrompt] = useState<string | null>(null);
  const [provider, setProvider] = useState<string | null>(null);
  const edit = useEdit(story.story_id);
  const { run } = useRun(story.story_id);
  const section = sections.find((each) => each.id === sectionId) ?? sections[0];
  const kind = what === "speech" ? "voice" : what === "scene" ? "video" : "picture";
  const choices = useChoices(kind).filter((each) => kind !== "picture" || canGenerate(each));
  const now = section ? nowOf(story, section.id, what, preview) : "";
  // Of a picture of one's own nobody can make another one: somebody has to be chosen.
  const chosen = provider ?? (now || choices.find((each) => each.ready)?.id || "");
  const change = section ? changeOf(section, what, chosen, now, prompt) : null;
  const price = useQuery({
    queryKey: redoKey(story, section?.id ?? "", what, chosen, prompt),
    queryFn: () => priceOfRedo(story, section?.id ?? "", what, change),
    enabled: Boolean(section),
    placeholderData: (before) => before,
  });
  if (!section) return null;
  const words = price.data ? priceWords(price.data.cost, price.data.known) : "…";
  async function start(): Promise<void> {
    if (!section) return;
    try {
      await edit.mutateAsync(change ? changeSection(section.id, change) : another(section.id, what));
      await run.mutateAsync("film");
    } catch {
      return; // the toast has said why
    }
    setPrompt(null);
    setProvider(null);
  }
  const place = (id: string) => story.document.sections.findIndex((each) => each.id === id) + 1;
  return (
    <section
      aria-label={tf.redo}
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-3"
    >
      <header>
        <h2 className="font-semibold">{tf.redo}</h2>
        <p className="text-muted text-xs">{tf.redoText}</p>
      </header>
      <Field label={tf.redoScene}>
        {(ids) => (
          <Select
            {...ids}
            value={section.id}
            onChange={(event) => {
              setSectionId(event.target.value);
              setPrompt(null);
              setProvider(null);
            }}
          >
            {sections.map((each) => (
              <option key={each.id} value={each.id}>
                {place(each.id)}. {each.heading || each.narration.slice(0, 40)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={tf.redoWhat}>
        {(ids) => (
          <Select
            {...ids}
            value={what}
            onChange={(event) => {
              setWhat(event.target.value as What);
              setProvider(null);
            }}
          >
            {Object.entries(tf.redoKinds).map(([each, name]) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={tf.redoProvider}>
        {(ids) => (
          <Select {...ids} value={chosen} onChange={(event) => setProvider(event.target.value)}>
            {what === "scene" && <option value="still">{tf.redoProviderStill}</option>}
            {now && !choices.some((each) => each.id === now) && now !== "still" && (
              <option value={now}>{tf.redoSame}</option>
            )}
            {choices
              .filter((each) => each.ready || each.id === now)
              .map((each) => (
                <option key={each.id} value={each.id}>
                  {each.title}
                </option>
              ))}
          </Select>
        )}
      </Field>
      {what !== "speech" && (
        <Field label={tf.redoPrompt}>
          {(ids) => (
            <Textarea
              {...ids}
              value={prompt ?? section.visual_prompt}
              onChange={(event) => setPrompt(event.target.value)}
            />
          )}
        </Field>
      )}
      <Button kind="primary" disabled={edit.isPending || run.isPending} onClick={() => void start()}>
        {tf.redoStart(words)}
      </Button>
    </section>
  );
}

/** Who makes it now. */
function nowOf(story: Story, sectionId: string, what: What, preview: PreviewView | undefined): string {
  const section = story.document.sections.find((each) => each.id === sectionId);
  if (!section) return "";
  if (what === "speech") return (section.voice ?? story.document.voice).provider;
  const scene = section.scene ?? story.document.scenes;
  if (what === "scene") return scene.source === "auto" ? scene.provider : scene.source;
  return preview?.sections.find((each) => each.section_id === sectionId)?.pieces[0]?.provider ?? "";
}

/** The change of the section; null: another one of the same. */
function changeOf(
  section: Story["document"]["sections"][number],
  what: What,
  provider: string,
  now: string,
  prompt: string | null,
): Change | null {
  const asked = prompt === null ? section.visual_prompt : prompt.trim();
  const same = provider === now && asked === section.visual_prompt;
  if (same) return null;
  if (what === "speech") return { voice: { provider, voice: "", model: "" } };
  if (what === "scene") return { visual_prompt: asked, scene: { source: provider, provider: "", model: "" } };
  if (provider === now) return { visual_prompt: asked };
  const words = asked || section.heading || section.narration.slice(0, 200) || "…";
  return { visual_prompt: asked, pictures: [{ generated: { provider, prompt: words } }] };
}
