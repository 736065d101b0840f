import type { Explained, ProviderView } from "@/api";
import { ProviderChoices, ProviderNote } from "@/components/maker";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import type { Readiness } from "@/lib/readiness";
import { moneyStrings } from "@/strings/money";
import { studioStrings } from "@/strings/studio";
import {
  ASPECTS,
  COUNTS,
  DURATIONS,
  fitTo,
  possible,
  RESOLUTIONS,
  type StudioForm,
  usable,
} from "./studio-form";

type Props = {
  providers: readonly ProviderView[];
  provider: ProviderView | undefined;
  /** Who makes it when nobody is named. */
  route: Explained | undefined;
  readiness: (provider: ProviderView) => Readiness;
  form: StudioForm;
  fault: (...fields: string[]) => string | undefined;
  onChange: (change: Partial<StudioForm>) => void;
};

/** How it is to be made: only what the provider can do is offered. */
export function ComposeSettings(props: Props) {
  const { providers, provider, route, readiness, form, fault, onChange } = props;
  const choice = <T extends string>(
    name: "aspect" | "resolution" | "duration",
    values: readonly T[],
    show: (value: T) => string = String,
  ) => (
    <div>
      <Segments
        label={studioStrings[name]}
        value={form[name] as T}
        options={possible(provider, name, values).map((value) => ({ value, label: show(value) }))}
        onChange={(value) => onChange({ [name]: value })}
      />
      <Fault text={fault({ aspect: "aspect_ratio", resolution: "resolution", duration: "duration" }[name])} />
    </div>
  );
  const chosen = providers.find((each) => each.id === route?.provider);
  const maker = provider ?? chosen;
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        {choice("aspect", ASPECTS)}
        {choice("resolution", RESOLUTIONS)}
      </div>
      <div className="grid grid-cols-2 gap-3">
        {choice("duration", DURATIONS, studioStrings.seconds)}
        <Segments
          label={studioStrings.count}
          value={String(form.count)}
          options={COUNTS.map((value) => ({ value, label: value }))}
          onChange={(value) => onChange({ count: Number(value) })}
        />
      </div>
      <Field label={studioStrings.provider} error={fault("provider")}>
        {(ids) => (
          <Select
            {...ids}
            value={provider?.id ?? ""}
            onChange={(event) => {
              const next = providers.find((each) => each.id === event.target.value);
              onChange(fitTo({ ...form, provider: next?.id ?? "", model: "" }, next));
            }}
          >
            <option value="">
              {chosen ? moneyStrings.automatic(chosen.title) : studioStrings.automatic}
            </option>
            <ProviderChoices providers={usable(providers)} readiness={readiness} />
          </Select>
        )}
      </Field>
      {provider && provider.models.length > 1 && (
        <Field label={studioStrings.model} error={fault("model")}>
          {(ids) => (
            <Select
              {...ids}
              value={form.model || provider.models[0]?.id}
              onChange={(event) => onChange({ model: event.target.value })}
            >
              {provider.models.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {maker && <ProviderNote provider={maker} readiness={readiness(maker)} />}
      <details open={form.negative !== "" || form.seed !== ""}>
        <summary className="w-fit rounded text-muted text-sm hover:text-text">{studioStrings.more}</summary>
        <div className="mt-3 flex flex-col gap-3">
          <Field label={studioStrings.negative} error={fault("negative_prompt")}>
            {(ids) => (
              <Textarea
                {...ids}
                className="min-h-16!"
                placeholder={studioStrings.negativePlaceholder}
                value={form.negative}
                onChange={(event) => onChange({ negative: event.target.value })}
              />
            )}
          </Field>
          <Field label={studioStrings.seed} hint={studioStrings.seedHint} error={fault("seed")}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                pattern="[0-9]*"
                maxLength={10}
                value={form.seed}
                onChange={(event) => onChange({ seed: event.target.value.replace(/\D/g, "") })}
              />
            )}
          </Field>
        </div>
      </details>
    </>
  );
}

function Fault({ text }: { text: string | undefined }) {
  return (
    text && (
      <p role="alert" className="mt-1 text-bad text-xs">
        {text}
      </p>
    )
  );
}
