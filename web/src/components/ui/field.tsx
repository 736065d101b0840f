import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

const box =
  "w-full rounded-md border border-line bg-bg px-2.5 text-base hover:border-line-strong disabled:opacity-60 aria-[invalid=true]:border-bad";

type FieldProps = {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  aside?: ReactNode;
  hideLabel?: boolean;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
};

/** A label, a control, and what to know of it, joined for those who do not see them side by side. */
export function Field({ label, hint, error, aside, hideLabel, children }: FieldProps) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className={cn("flex items-baseline justify-between gap-2", hideLabel && "sr-only")}>
        <label htmlFor={id} className="font-medium text-sm">
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        ...(said ? { "aria-describedby": `${id}-said` } : {}),
        ...(error ? { "aria-invalid": true } : {}),
      })}
      {said && (
        <p id={`${id}-said`} className={cn("text-xs", error ? "text-bad" : "text-faint")}>
          {said}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(box, "h-8", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(box, "min-h-24 resize-y py-2", className)} {...rest} />;
}

/** The system's own select: it works everywhere, also with one hand on a phone. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(box, "h-8 pr-1", className)} {...rest} />;
}

type ToggleProps = Omit<ComponentProps<"input">, "type"> & { label: string; hint?: string | undefined };

/** A check box with its words. */
export function Toggle({ label, hint, className, ...rest }: ToggleProps) {
  const id = useId();
  return (
    <div className={cn("flex items-start gap-2.5", className)}>
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0"
        aria-describedby={hint ? `${id}-said` : undefined}
        {...rest}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="block font-medium text-sm">
          {label}
        </label>
        {hint && (
          <p id={`${id}-said`} className="text-faint text-xs">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
