import { Field, Input, Select, Toggle } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { words } from "@/lib/format";
import type { OptionField, OptionValue } from "@/lib/schema";
import { batchStrings } from "@/strings/batch";

const MOST_SEGMENTS = 4;

type Props = { field: OptionField; value: OptionValue; onChange: (value: OptionValue) => void };

/** The control that fits an option: a few choices side by side, many in a list, a switch, a number, a text. */
export function OptionControl({ field, value, onChange }: Props) {
  const label = batchStrings.labels[field.name] ?? field.label;
  const unit = batchStrings.units[field.name];
  // What every provider has needs no explanation; what is its own does.
  const hint = field.name in batchStrings.labels ? undefined : field.hint;
  switch (field.kind) {
    case "toggle":
      return (
        <Toggle
          label={label}
          hint={hint}
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case "choice": {
      const options = field.choices.map((each) => ({
        value: String(each),
        label: unit ? `${each} ${unit}` : shown(each),
      }));
      const pick = (text: string) => onChange(field.choices.find((each) => String(each) === text) ?? null);
      if (options.length <= MOST_SEGMENTS) {
        return <Segments label={label} hint={hint} value={String(value)} options={options} onChange={pick} />;
      }
      return (
        <Field label={label} hint={hint}>
          {(ids) => (
            <Select {...ids} value={String(value)} onChange={(event) => pick(event.target.value)}>
              {options.map((each) => (
                <option key={each.value} value={each.value}>
                  {each.label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      );
    }
    case "number":
      return (
        <Field label={unit ? `${label} (${unit})` : label} hint={hint}>
          {(ids) => (
            <Input
              {...ids}
              type="number"
              min={field.min}
              max={field.max}
              step={field.whole ? 1 : "any"}
              value={typeof value === "number" ? value : ""}
              onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
            />
          )}
        </Field>
      );
    case "text":
      return (
        <Field label={label} hint={hint}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={field.most}
              value={String(value ?? "")}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      );
  }
}

/** `9:16` and `720p` as they are, `push_in` as words. */
function shown(choice: string | number): string {
  return /^[a-z][a-z_]+$/.test(String(choice)) ? words(String(choice)) : String(choice);
}
