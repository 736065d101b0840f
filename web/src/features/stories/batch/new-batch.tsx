import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { LoaderCircle, Sparkles, Upload, X } from "lucide-react";
import { useRef, useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import * as api from "@/features/stories/api";
import { FormSettings } from "@/features/stories/form-settings";
import { languageChoices } from "@/features/stories/languages";
import { priceWords } from "@/features/stories/price";
import { keepForm, keptForm, type Review, SHAPES, settingsOf } from "@/features/stories/story-form";
import { canSearch, useChoices } from "@/features/stories/use-providers";
import { useSettled } from "@/features/stories/use-settled";
import { problemOf, said } from "@/lib/problem";
import { newStoryStrings, storyBatchStrings as words } from "@/strings/story-new";
import { MOST_TOPICS, type Row, readRows, toTopic } from "./topics";

const REVIEWS = Object.keys(words.reviews) as Review[];

type Props = { onCreated: (batchId: string) => void };

/** Many topics, each a story: shared settings, and rows that differ. */
export function NewBatch({ onCreated }: Props) {
  const [text, setText] = useState("");
  const [rows, setRows] = useState<Row[]>([]);
  const [form, setForm] = useState(keptForm);
  const [review, setReview] = useState<Review>("script");
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const searched = useChoices("picture")
    .filter((each) => canSearch(each) && each.ready)
    .map((each) => each.id);
  const settings = { ...settingsOf(form, searched), review };
  const settled = useSettled(JSON.stringify({ text: "", settings }));
  const estimate = useQuery({
    queryKey: ["stories", "new", settled],
    queryFn: () => api.estimateNew(JSON.parse(settled)),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const create = useMutation({
    mutationFn: () =>
      api.createBatch({ topics: rows.map(toTopic), settings, name: name.trim(), project_id: form.project }),
    onError: (error) => toast.error(said(error)),
    onSuccess: (batch) => {
      keepForm(form);
      onCreated(batch.batch_id);
    },
  });
  const problem = create.error;
  const fault = (...fields: string[]) =>
    problem ? problemOf(problem).errors?.find((each) => fields.includes(each.where))?.message : undefined;
  function write(next: string): void {
    create.reset();
    setText(next);
    setRows(readRows(next));
  }
  const change = (place: number, own: Partial<Row>) =>
    setRows((all) => all.map((each, at) => (at === place ? { ...each, ...own } : each)));
  const tooMany = rows.length > MOST_TOPICS ? words.tooMany(MOST_TOPICS) : undefined;
  const none = tried && rows.length === 0 ? words.none : undefined;
  const price = estimate.data
    ? words.price(priceWords(Number(estimate.data.cost), estimate.data.price_known), rows.length)
    : "";
  return (
    <form
      className="flex min-w-0 flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (rows.length > 0 && !tooMany && !create.isPending) create.mutate();
      }}
    >
      <Field
        label={words.topics}
        hint={words.topicsHint}
        error={none ?? tooMany ?? fault("topics")}
        aside={
          <Button kind="ghost" size="sm" className="-my-1" onClick={() => input.current?.click()}>
            <Upload />
            {words.file}
          </Button>
        }
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={6}
            placeholder={words.placeholder}
            value={text}
            onChange={(event) => write(event.target.value)}
          />
        )}
      </Field>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        aria-label={words.file}
        className="hidden"
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) write(await file.text());
        }}
      />
      {rows.length > 0 && (
        <Table
          rows={rows}
          onChange={change}
          onRemove={(place) => setRows((all) => all.filter((_, at) => at !== place))}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.name}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={300}
              placeholder={words.namePlaceholder}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={words.review}>
          {(ids) => (
            <Select {...ids} value={review} onChange={(event) => setReview(event.target.value as Review)}>
              {REVIEWS.map((each) => (
                <option key={each} value={each}>
                  {words.reviews[each]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <FormSettings
        form={form}
        fault={fault}
        onChange={(next) => {
          create.reset();
          setForm((before) => ({ ...before, ...next }));
        }}
      />
      <div className="border-line border-t py-3">
        <Button type="submit" kind="primary" size="lg" disabled={create.isPending}>
          {create.isPending ? <LoaderCircle className="animate-spin" /> : <Sparkles />}
          {create.isPending ? words.starting : words.start(rows.length)}
          {price && <span className="font-normal">· {price}</span>}
        </Button>
      </div>
    </form>
  );
}

type TableProps = {
  rows: readonly Row[];
  onChange: (place: number, own: Partial<Row>) => void;
  onRemove: (place: number) => void;
};

/** The topics as rows, each with what it has of its own. */
function Table({ rows, onChange, onRemove }: TableProps) {
  const languages = languageChoices("en");
  return (
    <section aria-label={words.table} className="flex flex-col gap-1">
      <h2 className="font-medium text-sm">{words.table}</h2>
      <p className="text-faint text-xs">{words.tableHint}</p>
      <ul className="flex max-h-96 flex-col divide-y divide-line overflow-y-auto rounded-lg border border-line bg-surface">
        {rows.slice(0, MOST_TOPICS).map((row, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; topics may repeat
          <li key={place} className="flex flex-wrap items-center gap-2 px-3 py-2">
            <span className="tnum w-6 text-faint text-xs">{place + 1}</span>
            <span className="min-w-0 flex-1 basis-40 truncate text-sm" title={row.topic}>
              {row.topic}
            </span>
            <Select
              aria-label={`${newStoryStrings.language}, ${words.row(place + 1)}`}
              className="w-28!"
              value={row.language ?? ""}
              onChange={(event) => onChange(place, { language: event.target.value })}
            >
              <option value="">{words.shared}</option>
              {languages.map((each) => (
                <option key={each.value} value={each.value}>
                  {each.label}
                </option>
              ))}
            </Select>
            <Select
              aria-label={`${newStoryStrings.shape}, ${words.row(place + 1)}`}
              className="w-24!"
              value={row.shape ?? ""}
              onChange={(event) => onChange(place, { shape: event.target.value })}
            >
              <option value="">{words.shared}</option>
              {SHAPES.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
            <Input
              aria-label={`${words.seconds}, ${words.row(place + 1)}`}
              inputMode="numeric"
              placeholder={words.seconds}
              className="w-20!"
              value={row.seconds ?? ""}
              onChange={(event) => onChange(place, { seconds: event.target.value })}
            />
            <Button
              kind="ghost"
              size="icon-sm"
              aria-label={words.remove(place + 1)}
              onClick={() => onRemove(place)}
            >
              <X />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
