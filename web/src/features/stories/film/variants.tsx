import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import type { StoryView } from "@/api";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { duplicateStory, translateStory } from "@/features/stories/api";
import type { Story } from "@/features/stories/document";
import { languageChoices, languageName } from "@/features/stories/languages";
import { priceWords } from "@/features/stories/price";
import { useHasWriter } from "@/features/stories/use-providers";
import { keys } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";
import { priceOfLanguage, priceOfShape } from "./redo-price";

const tf = filmStrings.film;
const SHAPES = ["9:16", "16:9", "1:1", "4:5"] as const;

/** The same story in another shape or language, with what that costs. */
export function Variants({ story }: { story: Story }) {
  const client = useQueryClient();
  const writer = useHasWriter();
  const shapes = SHAPES.filter((each) => each !== story.document.shape);
  const languages = languageChoices(story.document.language).filter(
    ({ value }) => value !== story.document.language,
  );
  const [shape, setShape] = useState<string>(shapes[0] ?? "16:9");
  const [language, setLanguage] = useState<string>(story.document.language === "de" ? "es" : "de");
  const [made, setMade] = useState<StoryView | null>(null);
  const id = story.story_id;
  const shapePrice = useQuery({
    queryKey: ["stories", "one", id, "price", "shape", shape],
    queryFn: () => priceOfShape(story, shape),
  });
  const languagePrice = useQuery({
    queryKey: ["stories", "one", id, "price", "language"],
    queryFn: () => priceOfLanguage(story),
  });
  const after = {
    onSuccess: (copy: StoryView) => {
      setMade(copy);
      void client.invalidateQueries({ queryKey: keys.lists });
    },
    onError: (error: unknown) => toast.error(said(error)),
  };
  const reshape = useMutation({
    mutationFn: () => duplicateStory(id, { change: { shape }, run: true }),
    ...after,
  });
  const translate = useMutation({
    mutationFn: () => translateStory(id, { language, run: true }),
    ...after,
  });
  const words = (price: { cost: number; known: boolean } | undefined) =>
    price ? priceWords(price.cost, price.known) : "…";
  const name = languageName(language);
  return (
    <section
      aria-label={tf.variants}
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-3"
    >
      <header>
        <h2 className="font-semibold">{tf.variants}</h2>
        <p className="text-muted text-xs">{tf.variantsText}</p>
      </header>
      <Field label={tf.shape}>
        {(ids) => (
          <Select {...ids} value={shape} onChange={(event) => setShape(event.target.value)}>
            {shapes.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        )}
      </Field>
      <Button disabled={reshape.isPending} onClick={() => reshape.mutate()}>
        {tf.makeShape(shape, words(shapePrice.data))}
      </Button>
      <Field label={tf.language}>
        {(ids) => (
          <Select {...ids} value={language} onChange={(event) => setLanguage(event.target.value)}>
            {languages.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button disabled={translate.isPending || !writer} onClick={() => translate.mutate()}>
        {tf.makeLanguage(name, words(languagePrice.data))}
      </Button>
      {!writer && <p className="text-faint text-xs">{tf.needsWriter}</p>}
      {made && (
        <p role="status" className="flex items-center justify-between gap-2 text-sm">
          <span className="min-w-0 truncate">{tf.made(made.name)}</span>
          <Link
            to="/stories/$storyId/{-$tab}"
            params={{ storyId: made.story_id, tab: "film" }}
            className="font-medium text-accent-text"
          >
            {tf.open}
          </Link>
        </p>
      )}
    </section>
  );
}
