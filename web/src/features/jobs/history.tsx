import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, Search, SearchX } from "lucide-react";
import { useEffect, useState } from "react";
import type { JobPage, JobStatus, JobView } from "@/api";
import { JobBadge, Previews } from "@/components/job-state";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { ago, count, moment, money } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { Heading } from "./heading";
import { type HistorySearch, JOB_STATES } from "./history-search";
import { ProjectFilter } from "./project-filter";

const TYPING_MS = 250;

type Props = {
  page: JobPage | undefined;
  error: unknown;
  onRetry: () => void;
  search: HistorySearch;
  onSearch: (next: HistorySearch) => void;
};

/** All jobs: found by name and state, page by page. */
export function History({ page, error, onRetry, search, onSearch }: Props) {
  return (
    <section aria-labelledby="history" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Heading
          id="history"
          title={appStrings.dashboard.history}
          aside={page && count(page.pagination.total)}
        />
        <Filters search={search} onSearch={onSearch} />
      </div>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        {error ? (
          <Failed error={error} onRetry={onRetry} />
        ) : !page ? (
          <Skeleton className="h-80 rounded-none!" />
        ) : page.items.length === 0 ? (
          <Nothing
            icon={SearchX}
            title={appStrings.dashboard.nothingFound}
            text={appStrings.dashboard.nothingFoundText}
          >
            <Button onClick={() => onSearch({})}>{appStrings.dashboard.clearFilter}</Button>
          </Nothing>
        ) : (
          <ul className="divide-y divide-line">
            {page.items.map((job) => (
              <Row key={job.job_id} job={job} showProject={!search.project} />
            ))}
          </ul>
        )}
      </div>
      {page && page.pagination.totalPages > 1 && (
        <Pages page={page} onPage={(next) => onSearch({ ...search, page: next })} />
      )}
    </section>
  );
}

function Filters({ search, onSearch }: Pick<Props, "search" | "onSearch">) {
  const [typed, setTyped] = useState(search.q ?? "");
  useEffect(() => setTyped(search.q ?? ""), [search.q]);
  useEffect(() => {
    if (typed === (search.q ?? "")) return;
    const { page: _, q: __, ...rest } = search;
    const timer = setTimeout(() => onSearch(typed ? { ...rest, q: typed } : rest), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, search, onSearch]);
  return (
    <search className="flex min-w-0 flex-1 flex-wrap items-center justify-end gap-2 max-sm:basis-full">
      <div className="relative flex-1 max-sm:basis-full sm:max-w-64">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
        <Input
          type="search"
          aria-label={appStrings.dashboard.search}
          placeholder={appStrings.dashboard.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="bg-surface! pl-8!"
        />
      </div>
      <ProjectFilter
        value={search.project}
        onChange={(project) => {
          const { page: _, project: __, ...rest } = search;
          onSearch(project ? { ...rest, project } : rest);
        }}
      />
      <Select
        aria-label={appStrings.dashboard.filter}
        value={search.status ?? ""}
        className="w-auto! bg-surface!"
        onChange={(event) => {
          const { page: _, status: __, ...rest } = search;
          const status = event.target.value as JobStatus | "";
          onSearch(status ? { ...rest, status } : rest);
        }}
      >
        <option value="">{appStrings.dashboard.anyStatus}</option>
        {JOB_STATES.map((status) => (
          <option key={status} value={status}>
            {appStrings.jobStatus[status]}
          </option>
        ))}
      </Select>
    </search>
  );
}

function Row({ job, showProject }: { job: JobView; showProject: boolean }) {
  const cost = Number(job.cost);
  return (
    <li>
      <Link
        to="/jobs/$jobId"
        params={{ jobId: job.job_id }}
        className="-outline-offset-2 grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-raised sm:grid-cols-[minmax(0,1fr)_11rem_6.5rem_6.5rem] lg:grid-cols-[minmax(0,1fr)_13rem_7rem_7rem_7rem]"
      >
        <span className="flex min-w-0 items-center gap-3">
          <Previews job={job} className="h-9 w-24 shrink-0 sm:w-32" />
          <span className="truncate font-medium">{job.job_name}</span>
          {showProject && job.project && (
            <span className="max-w-1/2 shrink-0 truncate text-faint text-sm">{job.project.name}</span>
          )}
        </span>
        <span className="tnum text-muted text-sm max-sm:order-last">
          {job.expected_videos > 0 && appStrings.job.of(job.completed_videos, job.expected_videos)}
          {job.failed_videos > 0 && (
            <span className="text-bad"> · {appStrings.job.failed(job.failed_videos)}</span>
          )}
        </span>
        <span className="flex max-sm:justify-self-end">
          <JobBadge status={job.status} job={job} />
        </span>
        <span className="tnum text-muted text-sm max-lg:hidden">
          {cost > 0 && appStrings.dashboard.spent(money(cost))}
        </span>
        <time
          dateTime={job.created_at}
          title={moment(job.created_at)}
          className="text-right text-faint text-sm max-sm:order-last"
        >
          {ago(job.created_at)}
        </time>
      </Link>
    </li>
  );
}

function Pages({ page, onPage }: { page: JobPage; onPage: (page: number) => void }) {
  const { page: now, totalPages, hasNext, hasPrev } = page.pagination;
  return (
    <nav aria-label={appStrings.dashboard.history} className="flex items-center justify-center gap-2">
      <Button
        size="icon"
        aria-label={appStrings.dashboard.previous}
        disabled={!hasPrev}
        onClick={() => onPage(now - 1)}
      >
        <ChevronLeft />
      </Button>
      <span className="tnum px-2 text-muted text-sm">{appStrings.dashboard.page(now, totalPages)}</span>
      <Button
        size="icon"
        aria-label={appStrings.dashboard.next}
        disabled={!hasNext}
        onClick={() => onPage(now + 1)}
      >
        <ChevronRight />
      </Button>
    </nav>
  );
}
