import { useMutation } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { toast } from "sonner";
import type { JobView } from "@/api";
import { retryFailedMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { said } from "@/lib/problem";
import type { TakeFilter } from "@/lib/take-filter";
import { appStrings } from "@/strings/app";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";

/** Why videos failed or wait, one line a reason. */
export function Reasons({ job, onShow }: { job: JobView; onShow: (filter: TakeFilter) => void }) {
  const retry = useMutation({
    ...retryFailedMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: ({ retried }) => toast.success(reviewStrings.retried(retried)),
  });
  if (job.error_summary.length === 0) return null;
  return (
    <ul aria-label={appStrings.job.reasons} className="flex flex-wrap gap-2">
      {job.error_summary.map((each) => (
        <li
          key={`${each.error_type} ${each.waiting_for} ${each.message}`}
          className="flex min-w-0 max-w-full items-center gap-2 rounded-lg border border-line bg-surface py-1 pr-1 pl-3 text-sm"
        >
          <span className={each.waiting_for ? "tnum font-semibold text-wait" : "tnum font-semibold text-bad"}>
            {count(each.count)}
          </span>
          <span className="min-w-0 truncate font-medium md:shrink-0">
            {takesStrings.trouble.titles[each.error_type]}
          </span>
          <span className="max-w-96 truncate text-muted max-md:hidden" title={each.message}>
            {each.message}
          </span>
          {each.waiting_for !== "uncertain" && (
            <Button
              kind="ghost"
              size="sm"
              disabled={retry.isPending}
              aria-label={`${reviewStrings.retryKind(each.count)}: ${takesStrings.trouble.titles[each.error_type]}`}
              onClick={() =>
                retry.mutate({ path: { job_id: job.job_id }, query: { error_type: each.error_type } })
              }
            >
              <RotateCw />
              {reviewStrings.retry}
            </Button>
          )}
          <Button kind="ghost" size="sm" onClick={() => onShow(each.waiting_for ? "waiting" : "failed")}>
            {appStrings.job.show}
          </Button>
        </li>
      ))}
    </ul>
  );
}
