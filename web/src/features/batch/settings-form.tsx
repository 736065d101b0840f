import type { ProviderView } from "@/api";
import { ProviderChoices, ProviderNote } from "@/components/maker";
import { Field, Input, Select, Textarea, Toggle } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { type BatchSettings, moveTo, takePrice } from "@/lib/batch-settings";
import { money } from "@/lib/format";
import type { Readiness } from "@/lib/readiness";
import { fieldsOf } from "@/lib/schema";
import { batchStrings } from "@/strings/batch";
import { OptionControl } from "./option-control";

type Props = {
  providers: readonly ProviderView[];
  provider: ProviderView;
  settings: BatchSettings;
  readiness: (provider: ProviderView) => Readiness;
  disabled: boolean;
  onChange: (settings: BatchSettings) => void;
};

/** Who makes the videos, and how: drawn from what the provider says of itself. */
export function SettingsForm({ providers, provider, settings, readiness, disabled, onChange }: Props) {
  const fields = fieldsOf(provider.options);
  const model = provider.models.find((each) => each.id === settings.model);
  const price = takePrice(provider, model, settings.options);
  const set = (change: Partial<BatchSettings>) => onChange({ ...settings, ...change });
  const takes = Array.from({ length: provider.max_outputs }, (_, index) => String(index + 1));
  return (
    <fieldset disabled={disabled} className="flex flex-col gap-4">
      <legend className="sr-only">{batchStrings.settings}</legend>
      <Field
        label={batchStrings.provider}
        aside={
          price !== null && (
            <span className="tnum text-faint text-xs">
              {price > 0 ? batchStrings.price(money(price)) : batchStrings.free}
            </span>
          )
        }
      >
        {(ids) => (
          <Select
            {...ids}
            value={provider.id}
            onChange={(event) => {
              const next = providers.find((each) => each.id === event.target.value);
              if (next) onChange(moveTo(next, settings));
            }}
          >
            <ProviderChoices providers={providers} readiness={readiness} />
          </Select>
        )}
      </Field>
      <ProviderNote provider={provider} readiness={readiness(provider)} />
      {provider.models.length > 1 && (
        <Field label={batchStrings.model}>
          {(ids) => (
            <Select {...ids} value={settings.model} onChange={(event) => set({ model: event.target.value })}>
              {provider.models.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.title}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Segments
        label={batchStrings.outputs}
        value={String(settings.outputs)}
        options={takes.map((value) => ({ value, label: value }))}
        onChange={(value) => set({ outputs: Number(value) })}
      />
      {fields.map((field) => (
        <OptionControl
          key={field.name}
          field={field}
          value={settings.options[field.name] ?? null}
          onChange={(value) => set({ options: { ...settings.options, [field.name]: value } })}
        />
      ))}
      {provider.modes.includes("text_to_video") && (
        <Toggle
          label={batchStrings.textOnly}
          hint={batchStrings.textOnlyHint}
          checked={settings.textOnly}
          onChange={(event) => set({ textOnly: event.target.checked })}
        />
      )}
      <details className="group">
        <summary className="rounded text-muted text-sm hover:text-text">{batchStrings.moreSettings}</summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field label={batchStrings.negative} hint={batchStrings.negativeHint}>
            {(ids) => (
              <Textarea
                {...ids}
                className="min-h-16!"
                value={settings.negative}
                onChange={(event) => set({ negative: event.target.value })}
              />
            )}
          </Field>
          <Field label={batchStrings.seed} hint={batchStrings.seedHint}>
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={0}
                max={2 ** 31 - 1}
                step={1}
                placeholder={batchStrings.seedAny}
                value={settings.seed ?? ""}
                onChange={(event) =>
                  set({ seed: event.target.value === "" ? null : Math.trunc(Number(event.target.value)) })
                }
              />
            )}
          </Field>
        </div>
      </details>
    </fieldset>
  );
}
