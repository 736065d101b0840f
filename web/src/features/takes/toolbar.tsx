import { CheckCheck, Columns2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { cn } from "@/lib/cn";
import { count } from "@/lib/format";
import { FILTERS, type TakeFilter } from "@/lib/take-filter";
import { libraryStrings } from "@/strings/library";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { type GallerySize, SIZES } from "./gallery-layout";

type Props = {
  counts: Record<TakeFilter, number>;
  filter: TakeFilter;
  onFilter: (filter: TakeFilter) => void;
  stars: number;
  onStars: (least: number) => void;
  allMarked: boolean;
  onMarkAll: () => void;
  /** How many shots are decided, in words; null when there is nothing to decide. */
  decided: string | null;
  onCompare: (() => void) | null;
  size: GallerySize;
  onSize: (size: GallerySize) => void;
};

/** Scroll its row so that it is seen; the page stays where it is. */
function toMiddle(pressed: HTMLElement | null): void {
  const row = pressed?.parentElement;
  if (pressed && row)
    row.scrollLeft = pressed.offsetLeft - row.offsetLeft - (row.clientWidth - pressed.offsetWidth) / 2;
}

/** Which takes are shown. Stays in sight while the gallery scrolls. */
export function Toolbar(props: Props) {
  const { counts, filter, onFilter, stars, onStars, allMarked, onMarkAll, decided, onCompare, size, onSize } =
    props;
  const offered = FILTERS.filter(
    (each) => each === "all" || each === "selected" || each === filter || counts[each] > 0,
  );
  return (
    <div className="sticky top-12 z-20 flex items-center gap-2 border-line border-b bg-bg px-4 py-2 sm:px-6">
      <fieldset
        aria-label={takesStrings.filters.label}
        className="-m-0.5 flex min-w-0 flex-1 gap-1 overflow-x-auto p-0.5 [scrollbar-width:none]"
      >
        {offered.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === filter}
            ref={each === filter ? toMiddle : undefined}
            onClick={() => onFilter(each)}
            className={cn(
              "flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2.5 text-sm",
              each === filter ? "bg-raised font-medium text-text" : "text-muted hover:text-text",
            )}
          >
            {takesStrings.filters[each]}
            <span className="tnum text-faint text-xs">{count(counts[each])}</span>
          </button>
        ))}
      </fieldset>
      <Select
        aria-label={reviewStrings.stars.label}
        value={stars}
        className="h-7! w-auto! shrink-0 text-sm! max-sm:w-24!"
        onChange={(event) => onStars(Number(event.target.value))}
      >
        {[0, 1, 2, 3, 4, 5].map((least) => (
          <option key={least} value={least}>
            {least === 0 ? reviewStrings.stars.any : reviewStrings.stars.least(least)}
          </option>
        ))}
      </Select>
      {decided && (
        <p role="status" className="tnum whitespace-nowrap text-muted text-xs max-md:hidden">
          {decided}
        </p>
      )}
      <Segments
        label={libraryStrings.size}
        hideLabel
        className="max-lg:hidden"
        value={size}
        options={SIZES.map((value) => ({ value, label: libraryStrings.sizes[value] }))}
        onChange={onSize}
      />
      {onCompare && (
        <Button kind="ghost" size="sm" title={`${reviewStrings.compare.all} (C)`} onClick={onCompare}>
          <Columns2 />
          <span className="max-sm:sr-only">{reviewStrings.compare.all}</span>
        </Button>
      )}
      <Button kind="ghost" size="sm" aria-pressed={allMarked} onClick={onMarkAll} title="Ctrl + A">
        <CheckCheck />
        <span className="max-sm:sr-only">
          {allMarked ? takesStrings.bar.unmark : takesStrings.gallery.markAll}
        </span>
      </Button>
    </div>
  );
}
