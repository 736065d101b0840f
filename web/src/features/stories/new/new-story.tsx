import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText, LoaderCircle, Sparkles } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button, buttonLook } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import * as api from "@/features/stories/api";
import { FormSettings } from "@/features/stories/form-settings";
import type { Step } from "@/features/stories/parts";
import { costUntil, priceWords } from "@/features/stories/price";
import { keepForm, keptForm, type StoryForm, toBody } from "@/features/stories/story-form";
import { canSearch, useChoices, useHasWriter } from "@/features/stories/use-providers";
import { useSettled } from "@/features/stories/use-settled";
import { keys } from "@/features/stories/use-story";
import { problemOf, said } from "@/lib/problem";
import { newStoryStrings as words } from "@/strings/story-new";
import { Estimate } from "./estimate";

type Props = { onCreated: (storyId: string) => void };

/** A topic, notes or a script, and how it is to become a film; what that costs is said before it begins. */
export function NewStory({ onCreated }: Props) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [form, setForm] = useState<StoryForm>(keptForm);
  const [tried, setTried] = useState(false);
  const searched = useChoices("picture")
    .filter((each) => canSearch(each) && each.ready)
    .map((each) => each.id);
  const hasWriter = useHasWriter();
  const body = toBody(text, form, searched);
  const settled = useSettled(JSON.stringify(body));
  const estimate = useQuery({
    queryKey: ["stories", "new", settled],
    queryFn: () => api.estimateNew(JSON.parse(settled)),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const create = useMutation({
    mutationFn: async (until: Step) => {
      const story = await api.createStory(body);
      await api.runStory(story.story_id, until);
      return story.story_id;
    },
    onError: (error) => toast.error(said(error)),
    onSuccess: (id) => {
      keepForm(form);
      void client.invalidateQueries({ queryKey: keys.lists });
      onCreated(id);
    },
  });
  const problem = create.error ?? estimate.error;
  const fault = (...fields: string[]) =>
    problem ? problemOf(problem).errors?.find((each) => fields.includes(each.where))?.message : undefined;
  function change(next: Partial<StoryForm>): void {
    create.reset();
    setForm((before) => ({ ...before, ...next }));
  }
  function go(until: Step): void {
    setTried(true);
    if (text.trim() && !create.isPending) create.mutate(until);
  }
  const price = (until: Step) =>
    estimate.data
      ? priceWords(costUntil(estimate.data, until), until === "script" || estimate.data.price_known)
      : "";
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <form
        className="flex min-w-0 flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          go("script");
        }}
      >
        <Field
          label={words.text}
          hint={words.textHint}
          error={tried && !text.trim() ? words.textMissing : fault("text")}
        >
          {(ids) => (
            <Textarea
              {...ids}
              rows={5}
              maxLength={200_000}
              className="field-sizing-content max-h-96 min-h-32!"
              placeholder={words.textPlaceholder}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <FormSettings form={form} fault={fault} onChange={change} />
        <div className="flex flex-wrap items-center gap-2 border-line border-t bg-bg py-3 max-sm:[&>button]:flex-1 max-sm:[&>button]:px-2">
          <Button type="submit" size="lg" disabled={create.isPending}>
            <FileText />
            {words.write}
            {price("script") && <span className="font-normal text-muted">· {price("script")}</span>}
          </Button>
          <Button kind="primary" size="lg" disabled={create.isPending} onClick={() => go("film")}>
            {create.isPending ? <LoaderCircle className="animate-spin" /> : <Sparkles />}
            {create.isPending ? words.making : words.make}
            {price("film") && <span className="font-normal">· {price("film")}</span>}
          </Button>
          <span className="text-faint text-xs max-sm:hidden">{words.writeHint}</span>
        </div>
      </form>
      <aside className="flex flex-col gap-4 lg:sticky lg:top-16">
        <Estimate estimate={estimate.data} busy={estimate.isFetching} error={estimate.error} />
        {!hasWriter && <Without />}
      </aside>
    </div>
  );
}

/** What somebody without a key can do here, and what a key would add. */
function Without() {
  const list = (items: readonly string[]) => (
    <ul className="mt-1 flex list-disc flex-col gap-1 pl-4 text-muted text-xs">
      {items.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  );
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div>
        <h2 className="font-medium text-sm">{words.without.title}</h2>
        {list(words.without.items)}
      </div>
      <div>
        <h2 className="font-medium text-sm">{words.without.withTitle}</h2>
        {list(words.without.withItems)}
      </div>
      <Link to="/settings" hash="providers" className={buttonLook({ size: "sm", className: "self-start" })}>
        {words.without.add}
      </Link>
    </section>
  );
}
