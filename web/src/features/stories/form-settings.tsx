import { Link } from "@tanstack/react-router";
import { ProjectField } from "@/components/project-field";
import { Field, Input, Select } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { newStoryStrings as words } from "@/strings/story-new";
import { languageChoices } from "./languages";
import { generatedBy, LENGTHS, SHAPES, type StoryForm } from "./story-form";
import { type Choice, canGenerate, canSearch, pictureWords, useChoices } from "./use-providers";
import { VoicePicker } from "./voice-picker";

type Props = {
  form: StoryForm;
  fault: (...fields: string[]) => string | undefined;
  onChange: (change: Partial<StoryForm>) => void;
};

/** How a story is to be made. Only what can be used is offered as ready; the rest says that it needs a key. */
export function FormSettings({ form, fault, onChange }: Props) {
  const writers = useChoices("script");
  const painters = useChoices("picture");
  const makers = useChoices("video");
  const searched = painters.filter((each) => canSearch(each) && each.ready);
  const lengths = LENGTHS.map((value) => ({ value, label: words.lengths[value] }));
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={words.language} error={fault("language")}>
          {(ids) => (
            <Select
              {...ids}
              value={form.language}
              onChange={(event) => onChange({ language: event.target.value, voiceProvider: "", voice: "" })}
            >
              {languageChoices(form.language).map((each) => (
                <option key={each.value} value={each.value}>
                  {each.label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Segments
          label={words.shape}
          value={form.shape}
          options={SHAPES.map((value) => ({ value, label: value }))}
          onChange={(shape) => onChange({ shape })}
        />
        <Segments
          label={words.length}
          className="sm:col-span-2"
          value={form.length as (typeof LENGTHS)[number]}
          options={lengths}
          onChange={(length) => onChange({ length })}
        />
        <div className="sm:col-span-2">
          <VoicePicker
            language={form.language}
            value={{ provider: form.voiceProvider, voice: form.voice }}
            speed={form.speed}
            empty={words.voiceAuto}
            error={fault("voice.provider", "voice.voice")}
            onChange={({ provider, voice }) => onChange({ voiceProvider: provider, voice })}
          />
        </div>
        <Chosen
          label={words.pictures}
          value={form.pictures}
          error={fault("pictures.sources", "pictures.generated")}
          ready={[
            { value: "card", label: `${words.source.card} · ${words.free}` },
            ...(searched.length > 0 ? [{ value: "web", label: `${words.source.web} · ${words.free}` }] : []),
            ...painters.filter((each) => canGenerate(each) && each.needs && each.ready).map(painter),
          ]}
          locked={painters.filter((each) => canGenerate(each) && each.needs && !each.ready).map(painter)}
          onChange={(pictures) => onChange({ pictures })}
        />
        <Chosen
          label={words.scenes}
          value={form.scenes}
          error={fault("scenes.source", "scenes.provider")}
          ready={[
            { value: "still", label: `${words.scene.still} · ${words.free}` },
            { value: "auto", label: words.scene.auto },
            ...makers.filter((each) => each.ready).map(maker),
          ]}
          locked={makers.filter((each) => !each.ready).map(maker)}
          onChange={(scenes) => onChange({ scenes })}
        />
        <Segments
          label={words.music}
          value={form.music}
          options={[
            { value: "bed", label: words.musicBed },
            { value: "off", label: words.musicOff },
          ]}
          onChange={(music) => onChange({ music })}
        />
      </div>
      <details open={Boolean(form.style || form.audience || form.tone || form.script || form.budget)}>
        <summary className="w-fit rounded text-muted text-sm hover:text-text">{words.more}</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          <Words name="style" form={form} onChange={onChange} />
          <Words name="audience" form={form} onChange={onChange} />
          <Words name="tone" form={form} onChange={onChange} />
          <Chosen
            label={words.script}
            value={form.script}
            error={fault("script.provider")}
            ready={[
              { value: "", label: words.scriptAuto },
              ...writers.filter((each) => each.ready).map(plain),
            ]}
            locked={writers.filter((each) => !each.ready).map(plain)}
            onChange={(script) => onChange({ script })}
          />
          <Field
            label={words.budget}
            hint={form.scenes === "auto" ? words.budgetAuto : words.budgetHint}
            error={fault("budget")}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                placeholder="5.00"
                value={form.budget}
                onChange={(event) => onChange({ budget: event.target.value.replace(",", ".") })}
              />
            )}
          </Field>
          <ProjectField value={form.project} disabled={false} onChange={(project) => onChange({ project })} />
        </div>
      </details>
    </>
  );
}

type Option = { value: string; label: string };
const plain = (each: Choice): Option => ({ value: each.id, label: each.title });
const maker = (each: Choice): Option => ({ value: each.id, label: words.scene.video(each.title) });
function painter(each: Choice): Option {
  const price = pictureWords(each, words.free);
  const name = words.source.generated(each.title);
  return { value: generatedBy(each.id), label: price ? `${name} · ${words.each(price)}` : name };
}

type ChosenProps = {
  label: string;
  value: string;
  error: string | undefined;
  ready: Option[];
  locked: Option[];
  onChange: (value: string) => void;
};

/** One of several, those that can be used apart from those that need a key first. */
function Chosen({ label, value, error, ready, locked, onChange }: ChosenProps) {
  const missing = locked.find((each) => each.value === value);
  return (
    <div className="min-w-0">
      <Field label={label} error={error}>
        {(ids) => (
          <Select {...ids} value={value} onChange={(event) => onChange(event.target.value)}>
            <optgroup label={words.ready}>{ready.map(option)}</optgroup>
            {locked.length > 0 && <optgroup label={words.needsKey}>{locked.map(option)}</optgroup>}
          </Select>
        )}
      </Field>
      {missing && (
        <p className="mt-1 text-wait text-xs">
          {words.keyMissing(missing.label.split(" · ")[0] ?? missing.label)}{" "}
          <Link to="/settings" hash="providers" className="font-medium underline underline-offset-2">
            {words.addKey}
          </Link>
        </p>
      )}
    </div>
  );
}

function option({ value, label }: Option) {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  );
}

type WordsProps = {
  name: "style" | "audience" | "tone";
  form: StoryForm;
  onChange: (change: Partial<StoryForm>) => void;
};

function Words({ name, form, onChange }: WordsProps) {
  return (
    <Field label={words[name]}>
      {(ids) => (
        <Input
          {...ids}
          maxLength={300}
          placeholder={words[`${name}Placeholder`]}
          value={form[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}
