import type { StatsView } from "@/api";
import { bytes, count, duration, money } from "@/lib/format";
import { td } from "@/strings/dashboard";

/** All jobs in five numbers. */
export function Totals({ stats }: { stats: StatsView }) {
  const ended = stats.completed_videos + stats.failed_videos;
  const { success_rate: rate, average_seconds: seconds } = stats;
  const tiles = [
    [td.videos, count(stats.completed_videos), stats.open_videos > 0 ? td.open(stats.open_videos) : ""],
    [
      td.success,
      rate === null ? td.none : `${rate >= 99.95 || rate === 0 ? Math.round(rate) : rate.toFixed(1)}%`,
      stats.failed_videos > 0 ? td.failedOf(stats.failed_videos, ended) : "",
    ],
    [td.average, seconds === null ? td.none : duration(seconds), seconds === null ? "" : td.averageHint],
    [td.spent, money(Number(stats.spent)), td.spentHint(stats.jobs)],
    [td.storage, bytes(stats.storage_bytes), td.storageHint],
  ] as const;
  return (
    <section aria-label={td.totals}>
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
