import { useId } from "react";
import { cn } from "@/lib/cn";

type Props<T extends string> = {
  label: string;
  hint?: string | undefined;
  hideLabel?: boolean;
  value: T;
  options: readonly { value: T; label: string }[];
  disabled?: boolean;
  className?: string;
  onChange: (value: T) => void;
};

/** One of a few, all of them in sight. Radio buttons underneath, so arrows work. */
export function Segments<T extends string>(props: Props<T>) {
  const { label, hint, hideLabel, value, options, disabled, className, onChange } = props;
  const name = useId();
  return (
    <fieldset className={cn("flex min-w-0 flex-col gap-1", className)} disabled={disabled}>
      <legend className={cn("mb-1 font-medium text-sm", hideLabel && "sr-only")}>{label}</legend>
      <div className="flex rounded-md border border-line bg-bg p-0.5">
        {options.map((each) => (
          <label
            key={each.value}
            className={cn(
              "flex h-6.5 flex-1 items-center justify-center whitespace-nowrap rounded px-2 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent-text",
              each.value === value ? "bg-line font-medium text-text" : "text-muted hover:text-text",
              disabled && "opacity-70",
            )}
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={each.value === value}
              onChange={() => onChange(each.value)}
            />
            {each.label}
          </label>
        ))}
      </div>
      {hint && <p className="text-faint text-xs">{hint}</p>}
    </fieldset>
  );
}
