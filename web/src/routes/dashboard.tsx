import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Clapperboard, Plus } from "lucide-react";
import { readJobsOptions, readNeedsOptions, readStatsOptions } from "@/api/@tanstack/react-query.gen";
import { buttonLook } from "@/components/ui/button";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { ActiveJobs } from "@/features/jobs/active-jobs";
import { Attention } from "@/features/jobs/attention";
import { FirstSteps } from "@/features/jobs/first-steps";
import { History } from "@/features/jobs/history";
import { Totals } from "@/features/jobs/totals";
import { useTab } from "@/lib/tab";
import { appStrings } from "@/strings/app";

const route = getRouteApi("/");
const RECENT = 100;
const PAGE = 20;

export function Dashboard() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const recent = useQuery(readJobsOptions({ query: { limit: RECENT, sort: "queue", order: "asc" } }));
  const needs = useQuery(readNeedsOptions());
  const stats = useQuery(readStatsOptions());
  const { q, status, project, page } = search;
  const listed = useQuery({
    ...readJobsOptions({
      query: {
        limit: PAGE,
        page: page ?? 1,
        ...(q ? { search: q } : {}),
        ...(status ? { status } : {}),
        ...(project ? { project } : {}),
      },
    }),
    placeholderData: keepPreviousData,
  });
  const running = (recent.data?.items ?? []).filter((each) => each.status === "processing");
  const videos = running.reduce((sum, each) => sum + each.expected_videos, 0);
  const made = running.reduce((sum, each) => sum + (each.expected_videos * each.progress) / 100, 0);
  useTab(appStrings.dashboard.title, videos > 0 ? (100 * made) / videos : null);

  if (recent.isPending) {
    return (
      <Frame>
        <Skeleton className="h-24" />
        <Skeleton className="h-24" />
        <Skeleton className="h-80" />
      </Frame>
    );
  }
  if (recent.isError) return <Failed page error={recent.error} onRetry={() => recent.refetch()} />;
  if (recent.data.pagination.total === 0) {
    return (
      <Nothing
        page
        icon={Clapperboard}
        title={appStrings.dashboard.emptyTitle}
        text={appStrings.dashboard.emptyText}
      >
        <FirstSteps onOpen={(jobId) => navigate({ to: "/jobs/$jobId", params: { jobId } })} />
        <Link to="/new" className={buttonLook({ kind: "primary", size: "lg" })}>
          <Plus />
          {appStrings.nav.newJob}
        </Link>
      </Nothing>
    );
  }
  return (
    <Frame>
      <Attention needs={needs.data ?? []} />
      <ActiveJobs jobs={recent.data.items} />
      <FirstSteps onOpen={(jobId) => navigate({ to: "/jobs/$jobId", params: { jobId } })} />
      {stats.data ? <Totals stats={stats.data} /> : <Skeleton className="h-22" />}
      <History
        page={listed.data}
        error={listed.error}
        onRetry={() => listed.refetch()}
        search={search}
        onSearch={(next) => navigate({ search: next, replace: true, resetScroll: false })}
      />
    </Frame>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-8 px-4 py-6 sm:px-6">
      <h1 className="sr-only">{appStrings.dashboard.title}</h1>
      {children}
    </div>
  );
}
