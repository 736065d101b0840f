import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { readDeletedInfiniteOptions } from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { Deleted } from "@/features/deleted/deleted";
import { appStrings } from "@/strings/app";
import { deletedStrings } from "@/strings/deleted";

const PAGE = 60;

export function DeletedPage() {
  const deleted = useInfiniteQuery({
    ...readDeletedInfiniteOptions({ query: { limit: PAGE } }),
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) => (pagination.hasNext ? pagination.page + 1 : undefined),
    staleTime: 0,
  });
  useEffect(() => {
    document.title = `${deletedStrings.title} · ${appStrings.app}`;
  }, []);
  if (deleted.isError && !deleted.data)
    return <Failed page error={deleted.error} onRetry={() => deleted.refetch()} />;
  const [first] = deleted.data?.pages ?? [];
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-5 px-4 py-6 sm:px-6">
      <h1 className="font-semibold text-xl tracking-tight">{deletedStrings.title}</h1>
      {first ? (
        <Deleted
          items={deleted.data?.pages.flatMap((page) => page.items) ?? []}
          total={first.pagination.total}
          size={first.bytes}
          more={deleted.hasNextPage ? () => void deleted.fetchNextPage() : null}
        />
      ) : (
        <Skeleton className="h-96" />
      )}
    </div>
  );
}
