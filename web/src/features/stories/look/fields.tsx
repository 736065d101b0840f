import { type ReactNode, useId } from "react";
import { Field } from "@/components/ui/field";

export function Group({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-3"
    >
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}

type ColourProps = { label: string; value: string; onChange: (value: string) => void };

/** The system's own colour chooser. */
export function ColourField({ label, value, onChange }: ColourProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <input
          type="color"
          {...ids}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-8 w-full cursor-pointer rounded-md border border-line bg-bg p-0.5"
        />
      )}
    </Field>
  );
}

type RangeProps = {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  words: (value: number) => string;
  onChange: (value: number) => void;
};

export function RangeField({ label, value, min, max, step, words, onChange }: RangeProps) {
  return (
    <Field label={label} aside={<span className="tnum text-muted text-xs">{words(value)}</span>}>
      {(ids) => (
        <input
          type="range"
          min={min}
          max={max}
          step={step}
          {...ids}
          value={value}
          aria-valuetext={words(value)}
          onChange={(event) => onChange(Number(event.target.value))}
          className="w-full accent-[var(--accent)]"
        />
      )}
    </Field>
  );
}

export const percent = (value: number): string => `${Math.round(value * 100)} %`;
