import type { StoryEstimate } from "@/api";
import { Skeleton } from "@/components/ui/states";
import { STEPS } from "@/features/stories/parts";
import { priceWords } from "@/features/stories/price";
import { cn } from "@/lib/cn";
import { duration, money } from "@/lib/format";
import { said } from "@/lib/problem";
import { storiesStrings } from "@/strings/stories";
import { newStoryStrings as words } from "@/strings/story-new";

type Props = { estimate: StoryEstimate | undefined; busy: boolean; error: unknown };

/** What the story will cost and take, as its settings are now. */
export function Estimate({ estimate, busy, error }: Props) {
  return (
    <section
      aria-label={words.estimate}
      aria-busy={busy}
      className="rounded-xl border border-line bg-surface p-4"
    >
      <h2 className="font-medium text-sm">{words.estimate}</h2>
      {error ? (
        <p className="mt-2 text-bad text-sm">{said(error)}</p>
      ) : !estimate ? (
        <Skeleton className="mt-2 h-24" />
      ) : (
        <dl
          className={cn("tnum mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm", busy && "opacity-70")}
        >
          <Row name={words.film} value={duration(estimate.seconds)} />
          <Row name={words.scenes} value={words.scenesCount(estimate.stills, estimate.videos)} />
          <Row name={words.time} value={duration(estimate.estimated_time_seconds)} />
          <Row name={words.cost} value={priceWords(Number(estimate.cost), estimate.price_known)} strong />
          {STEPS.filter((each) => Number(estimate.cost_by_step[each] ?? 0) > 0).map((each) => (
            <Row
              key={each}
              name={storiesStrings.steps[each]}
              value={money(Number(estimate.cost_by_step[each]))}
            />
          ))}
        </dl>
      )}
      {!error &&
        estimate?.notes.map((note) => (
          <p key={note} className="mt-2 text-faint text-xs">
            {note}
          </p>
        ))}
    </section>
  );
}

function Row({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className={cn("text-right", strong && "font-semibold")}>{value}</dd>
    </>
  );
}
