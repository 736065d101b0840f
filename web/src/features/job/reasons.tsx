import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, RotateCw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { ErrorType, JobView, ProviderView, VideoView } from "@/api";
import { readJobQueryKey, readVideosQueryKey, retrySomeMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { isRefused } from "@/lib/refused";
import { isRetryable, type TakeFilter } from "@/lib/take-filter";
import { appStrings } from "@/strings/app";
import { jobStrings } from "@/strings/job";
import { moneyStrings } from "@/strings/money";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";

type Props = {
  job: JobView;
  videos: readonly VideoView[];
  providers: readonly ProviderView[];
  onShow: (filter: TakeFilter, reason?: ErrorType) => void;
  onFix: () => void;
};

const FEW = 3;

/** Why videos failed or wait, one aligned line a reason; what was refused is edited, not sent again. */
export function Reasons({ job, videos, providers, onShow, onFix }: Props) {
  const [all, setAll] = useState(false);
  const client = useQueryClient();
  const path = { job_id: job.job_id };
  const retry = useMutation({
    ...retrySomeMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: ({ video_ids }) => toast.success(reviewStrings.retried(video_ids.length)),
    onSettled: () =>
      Promise.all(
        [readJobQueryKey({ path }), readVideosQueryKey({ path })].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  if (job.error_summary.length === 0) return null;
  const shown = all ? job.error_summary : job.error_summary.slice(0, FEW);
  const more = job.error_summary.length - shown.length;
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <ul aria-label={appStrings.job.reasons} className="divide-y divide-line">
        {shown.map((each) => {
          const title = takesStrings.trouble.titles[each.error_type];
          const these = videos.filter(
            (video) =>
              video.error_type === each.error_type &&
              (video.status === "waiting") === Boolean(each.waiting_for),
          );
          const retryable = these.filter(isRetryable);
          const refused = these.some(isRefused);
          const filter = each.waiting_for ? "waiting" : refused ? "refused" : "failed";
          return (
            <li
              key={`${each.error_type} ${each.waiting_for} ${each.message}`}
              className="flex min-w-0 items-center gap-3 py-1 pr-1 pl-3 text-sm"
            >
              <span
                className={
                  each.waiting_for
                    ? "tnum w-8 shrink-0 text-right font-semibold text-wait"
                    : "tnum w-8 shrink-0 text-right font-semibold text-bad"
                }
              >
                {count(each.count)}
              </span>
              <span className="min-w-0 truncate font-medium sm:w-56 sm:shrink-0">{title}</span>
              <span className="min-w-0 flex-1 truncate text-muted max-md:hidden" title={each.message}>
                {each.message}
              </span>
              <span className="ml-auto flex shrink-0 items-center">
                {refused && (
                  <Button kind="ghost" size="sm" onClick={onFix}>
                    <Pencil />
                    {takesStrings.trouble.editPrompt}
                  </Button>
                )}
                {retryable.length > 0 && (
                  <Button
                    kind="ghost"
                    size="sm"
                    disabled={retry.isPending}
                    aria-label={`${reviewStrings.retryKind(retryable.length)}: ${title}`}
                    onClick={() =>
                      retry.mutate({ body: { video_ids: retryable.map((video) => video.video_id) } })
                    }
                  >
                    <RotateCw />
                    {moneyStrings.button(reviewStrings.retry, priceWords(againPrice(retryable, providers)))}
                  </Button>
                )}
                <Button
                  kind="ghost"
                  size="sm"
                  aria-label={`${appStrings.job.show}: ${title}`}
                  onClick={() => onShow(filter, each.error_type)}
                >
                  {appStrings.job.show}
                </Button>
              </span>
            </li>
          );
        })}
      </ul>
      {more > 0 && (
        <Button
          kind="ghost"
          size="sm"
          className="w-full rounded-none! border-line border-t"
          onClick={() => setAll(true)}
        >
          {jobStrings.allReasons(more)}
        </Button>
      )}
    </div>
  );
}
