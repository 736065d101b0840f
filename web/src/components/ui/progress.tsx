import { cn } from "@/lib/cn";

type Part = { share: number; tone: "accent" | "good" | "bad" | "wait" };
const tones = {
  accent: "bg-accent-fill",
  good: "bg-good-fill",
  bad: "bg-bad-fill",
  wait: "bg-wait-fill",
};

type Props = { label: string; value: number; parts?: readonly Part[]; className?: string };

/** How far something is, `value` 0 to 100; with `parts` (shares of 1) also what became of it. */
export function Progress({ label, value, parts, className }: Props) {
  const shown = parts ?? [{ share: value / 100, tone: "accent" as const }];
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value)}
      className={cn("flex h-1.5 w-full overflow-hidden rounded-full bg-raised", className)}
    >
      {shown.map(
        ({ share, tone }) =>
          share > 0 && (
            <div
              key={tone}
              className={cn("h-full transition-[width] duration-500", tones[tone])}
              style={{ width: `${Math.min(100, share * 100)}%` }}
            />
          ),
      )}
    </div>
  );
}
