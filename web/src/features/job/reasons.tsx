import type { JobView } from "@/api";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import type { TakeFilter } from "@/lib/take-filter";
import { t } from "@/strings/en";
import { tt } from "@/strings/takes";

/** Why videos failed or wait, one line a reason. */
export function Reasons({ job, onShow }: { job: JobView; onShow: (filter: TakeFilter) => void }) {
  if (job.error_summary.length === 0) return null;
  return (
    <ul aria-label={t.job.reasons} className="flex flex-wrap gap-2">
      {job.error_summary.map((each) => (
        <li
          key={`${each.error_type} ${each.waiting_for} ${each.message}`}
          className="flex min-w-0 max-w-full items-center gap-2 rounded-lg border border-line bg-surface py-1 pr-1 pl-3 text-sm"
        >
          <span className={each.waiting_for ? "tnum font-semibold text-wait" : "tnum font-semibold text-bad"}>
            {count(each.count)}
          </span>
          <span className="shrink-0 font-medium">{tt.trouble.titles[each.error_type]}</span>
          <span className="max-w-96 truncate text-muted max-md:hidden" title={each.message}>
            {each.message}
          </span>
          <Button kind="ghost" size="sm" onClick={() => onShow(each.waiting_for ? "waiting" : "failed")}>
            {t.job.show}
          </Button>
        </li>
      ))}
    </ul>
  );
}
