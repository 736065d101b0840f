import { Star } from "lucide-react";
import { cn } from "@/lib/cn";
import { reviewStrings } from "@/strings/review";

const ALL = [1, 2, 3, 4, 5] as const;

type Props = { value: number; onChange: (value: number) => void; name: string; className?: string };

/** One to five stars; the same again takes them away. */
export function Stars({ value, onChange, name, className }: Props) {
  return (
    <fieldset aria-label={`${reviewStrings.stars.label}, ${name}`} className={cn("flex", className)}>
      {ALL.map((each) => (
        <button
          key={each}
          type="button"
          aria-label={reviewStrings.stars.give(each)}
          aria-pressed={each <= value}
          title={`${reviewStrings.stars.give(each)} (${each})`}
          onClick={() => onChange(each === value ? 0 : each)}
          className="grid h-8 w-6 place-items-center rounded text-faint hover:text-wait-fill aria-pressed:text-wait-fill"
        >
          <Star className={cn("size-4", each <= value && "fill-current")} />
        </button>
      ))}
    </fieldset>
  );
}
