import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { readLibraryInfiniteOptions, readProvidersOptions } from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { Library } from "@/features/takes/library";
import { type LibrarySearch, libraryQuery } from "@/lib/library-search";
import { appStrings } from "@/strings/app";
import { libraryStrings } from "@/strings/library";

const route = getRouteApi("/library");
const PAGE = 60;
const LONGEST_PROMPT = 2000;

export function LibraryPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({
    ...readLibraryInfiniteOptions({ query: { limit: PAGE, ...libraryQuery(search) } }),
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) => (pagination.hasNext ? pagination.page + 1 : undefined),
    placeholderData: keepPreviousData,
  });
  const providers = useQuery(readProvidersOptions());
  const onSearch = useCallback(
    (next: LibrarySearch) => navigate({ search: next, replace: true, resetScroll: false }),
    [navigate],
  );
  useEffect(() => {
    document.title = `${libraryStrings.title} · ${appStrings.app}`;
  }, []);
  if (found.isError && !found.data)
    return <Failed page error={found.error} onRetry={() => found.refetch()} />;
  const longest = Math.min(LONGEST_PROMPT, ...(providers.data ?? []).map((each) => each.max_prompt_chars));
  return (
    <div className="mx-auto flex w-full max-w-[112rem] flex-col gap-4 px-4 py-6 pb-24 sm:px-6">
      <header className="flex items-baseline gap-3">
        <h1 className="font-semibold text-xl tracking-tight">{libraryStrings.title}</h1>
        {found.data && (
          <p role="status" className="tnum text-muted text-sm">
            {libraryStrings.total(found.data.pages[0]?.pagination.total ?? 0)}
          </p>
        )}
      </header>
      {found.data ? (
        <Library
          pages={found.data.pages}
          more={found.hasNextPage ? () => void found.fetchNextPage() : null}
          search={search}
          onSearch={onSearch}
          mostChars={longest}
        />
      ) : (
        <Skeleton className="h-120" />
      )}
    </div>
  );
}
