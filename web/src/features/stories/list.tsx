import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Clapperboard, ListPlus, Plus, Search, SearchX } from "lucide-react";
import { useEffect, useState } from "react";
import type { StoryStatus } from "@/api";
import { Button, buttonLook } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/field";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { appStrings } from "@/strings/app";
import { storiesStrings } from "@/strings/stories";
import * as api from "./api";
import { Card } from "./card";
import type { ListSearch } from "./list-search";
import { useStoryEvents } from "./live";
import { keys } from "./use-story";

const PAGE = 24;
const TYPING_MS = 250;
const STATES = Object.keys(storiesStrings.status) as StoryStatus[];

type Props = { search: ListSearch; onSearch: (next: ListSearch) => void };

/** Every story, the newest first. */
export function StoryList({ search, onSearch }: Props) {
  useStoryEvents();
  const { q, status, project } = search;
  const query = {
    limit: PAGE,
    ...(q ? { search: q } : {}),
    ...(status ? { status } : {}),
    ...(project ? { project } : {}),
  };
  const list = useInfiniteQuery({
    queryKey: keys.list(query),
    queryFn: ({ pageParam }) => api.readStories({ ...query, page: pageParam }),
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) =>
      pagination.page < pagination.totalPages ? pagination.page + 1 : null,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    document.title = `${storiesStrings.title} · ${appStrings.app}`;
  }, []);
  const filtered = Boolean(q || status || project);
  const stories = list.data?.pages.flatMap((each) => each.items) ?? [];
  const total = list.data?.pages[0]?.pagination.total ?? 0;
  if (list.isError && !list.data) return <Failed page error={list.error} onRetry={() => list.refetch()} />;
  if (list.data && total === 0 && !filtered) return <Empty />;
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 px-4 py-6 sm:px-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="mr-auto font-semibold text-xl tracking-tight">{storiesStrings.title}</h1>
        <Filters search={search} onSearch={onSearch} />
        <Ways />
      </div>
      {!list.data ? (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
          {["a", "b", "c", "d"].map((each) => (
            <Skeleton key={each} className="h-60" />
          ))}
        </div>
      ) : stories.length === 0 ? (
        <Nothing
          icon={SearchX}
          title={storiesStrings.nothingFound}
          text={storiesStrings.nothingFoundText}
          className="rounded-xl border border-line border-dashed"
        >
          <Button onClick={() => onSearch({})}>{appStrings.dashboard.clearFilter}</Button>
        </Nothing>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-4">
          {stories.map((each) => (
            <li key={each.story_id} className="min-w-0">
              <Card story={each} />
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <div className="flex items-center justify-center gap-3 py-2">
          <Button disabled={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {storiesStrings.more}
          </Button>
          <span className="tnum text-faint text-sm">{storiesStrings.shown(stories.length, total)}</span>
        </div>
      )}
    </div>
  );
}

function Empty() {
  return (
    <Nothing page icon={Clapperboard} title={storiesStrings.emptyTitle} text={storiesStrings.emptyText}>
      <Ways />
    </Nothing>
  );
}

/** The ways to a story. */
function Ways() {
  return (
    <>
      <Link to="/stories/batch/{-$batchId}" params={{ batchId: undefined }} className={buttonLook()}>
        <ListPlus />
        {storiesStrings.batch}
      </Link>
      <Link to="/stories/new" className={buttonLook({ kind: "primary" })}>
        <Plus />
        {storiesStrings.new}
      </Link>
    </>
  );
}

function Filters({ search, onSearch }: Props) {
  const [words, setWords] = useState(search.q ?? "");
  useEffect(() => {
    if (words === (search.q ?? "")) return;
    const timer = setTimeout(() => {
      const { q: _, ...rest } = search;
      onSearch(words ? { ...rest, q: words } : rest);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, search, onSearch]);
  return (
    <search className="flex flex-wrap items-center gap-2 max-sm:w-full">
      <span className="relative max-sm:flex-1">
        <Search className="-translate-y-1/2 absolute top-1/2 left-2.5 size-3.5 text-faint" />
        <Input
          type="search"
          aria-label={storiesStrings.search}
          placeholder={storiesStrings.search}
          value={words}
          className="bg-surface! pl-8"
          onChange={(event) => setWords(event.target.value)}
        />
      </span>
      <Select
        aria-label={storiesStrings.filter}
        value={search.status ?? ""}
        className="w-auto! bg-surface!"
        onChange={(event) => {
          const { status: _, ...rest } = search;
          const status = STATES.find((each) => each === event.target.value);
          onSearch(status ? { ...rest, status } : rest);
        }}
      >
        <option value="">{storiesStrings.anyStatus}</option>
        {STATES.map((each) => (
          <option key={each} value={each}>
            {storiesStrings.status[each]}
          </option>
        ))}
      </Select>
    </search>
  );
}
