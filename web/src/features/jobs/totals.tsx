import type { StatsView } from "@/api";
import { bytes, count, duration, money } from "@/lib/format";
import { dashboardStrings } from "@/strings/dashboard";

/** All jobs in five numbers. */
export function Totals({ stats }: { stats: StatsView }) {
  const ended = stats.completed_videos + stats.failed_videos;
  const { success_rate: rate, average_seconds: seconds } = stats;
  const tiles = [
    [
      dashboardStrings.videos,
      count(stats.completed_videos),
      stats.open_videos > 0 ? dashboardStrings.open(stats.open_videos) : "",
    ],
    [
      dashboardStrings.success,
      rate === null
        ? dashboardStrings.none
        : `${rate >= 99.95 || rate === 0 ? Math.round(rate) : rate.toFixed(1)}%`,
      stats.failed_videos > 0 ? dashboardStrings.failedOf(stats.failed_videos, ended) : "",
    ],
    [
      dashboardStrings.average,
      seconds === null ? dashboardStrings.none : duration(seconds),
      seconds === null ? "" : dashboardStrings.averageHint,
    ],
    [dashboardStrings.spent, money(Number(stats.spent)), dashboardStrings.spentHint(stats.jobs)],
    [dashboardStrings.storage, bytes(stats.storage_bytes), dashboardStrings.storageHint],
  ] as const;
  return (
    <section aria-label={dashboardStrings.totals}>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3 lg:grid-cols-5">
        {tiles.map(([name, value, note]) => (
          <div key={name} className="flex flex-col bg-surface px-4 py-3 max-sm:nth-5:col-span-2">
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="tnum mt-0.5 font-semibold text-xl tracking-tight">{value}</dd>
            <dd className="tnum min-h-4.5 text-faint text-xs">{note}</dd>
          </div>
        ))}
        <div aria-hidden="true" className="hidden bg-surface sm:block lg:hidden" />
      </dl>
    </section>
  );
}
