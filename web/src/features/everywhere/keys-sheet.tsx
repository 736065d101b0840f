import { Dialog } from "@/components/ui/dialog";
import { everywhereStrings } from "@/strings/everywhere";

/** The keys that work on every page and in the gallery. */
export function KeysSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={everywhereStrings.keys}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2">
        {everywhereStrings.sheet.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line-strong bg-raised px-1.5 py-0.5 font-sans text-xs">
                {keys}
              </kbd>
            </dt>
            <dd className="text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
