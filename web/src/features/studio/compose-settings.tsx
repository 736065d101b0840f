import type { ProviderView } from "@/api";
import { Field, Select, Textarea } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { studioStrings } from "@/strings/studio";
import { ASPECTS, DURATIONS, fitTo, possible, RESOLUTIONS, type StudioForm, usable } from "./studio-form";

type Props = {
  providers: readonly ProviderView[];
  provider: ProviderView | undefined;
  form: StudioForm;
  fault: (...fields: string[]) => string | undefined;
  onChange: (change: Partial<StudioForm>) => void;
};

/** How it is to be made: only what the provider can do is offered. */
export function ComposeSettings({ providers, provider, form, fault, onChange }: Props) {
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
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        {choice("aspect", ASPECTS)}
        {choice("resolution", RESOLUTIONS)}
      </div>
      {choice("duration", DURATIONS, studioStrings.seconds)}
      <Field label={studioStrings.provider} error={fault("provider", "model")}>
        {(ids) => (
          <Select
            {...ids}
            value={provider?.id ?? ""}
            onChange={(event) => {
              const next = providers.find((each) => each.id === event.target.value);
              onChange(fitTo({ ...form, provider: next?.id ?? "" }, next));
            }}
          >
            <option value="">{studioStrings.automatic}</option>
            {usable(providers).map((each) => (
              <option key={each.id} value={each.id}>
                {each.title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <details open={form.negative !== ""}>
        <summary className="w-fit rounded text-muted text-sm hover:text-text">{studioStrings.more}</summary>
        <div className="mt-3">
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
