import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import {
  readOperationsInfiniteOptions,
  readProvidersOptions,
  readVideoOptions,
} from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { Studio } from "@/features/studio/studio";
import { appStrings } from "@/strings/app";
import { studioStrings } from "@/strings/studio";
import { offered } from "./offered";

const route = getRouteApi("/studio");
const PAGE = 24;

export function StudioPage() {
  const { video, start, reuse } = route.useSearch();
  const navigate = route.useNavigate();
  const providers = useQuery({ ...readProvidersOptions(), select: offered });
  const asked = start ?? reuse;
  const from = useQuery({
    ...readVideoOptions({ path: { video_id: asked ?? "" } }),
    enabled: asked !== undefined,
  });
  const operations = useInfiniteQuery({
    ...readOperationsInfiniteOptions({ query: { limit: PAGE } }),
    initialPageParam: 1,
    getNextPageParam: ({ pagination }) => (pagination.hasNext ? pagination.page + 1 : undefined),
  });
  useEffect(() => {
    document.title = `${studioStrings.title} · ${appStrings.app}`;
  }, []);
  const error = providers.error ?? operations.error;
  if (error && !(providers.data && operations.data)) {
    return (
      <Failed page error={error} onRetry={() => Promise.all([providers.refetch(), operations.refetch()])} />
    );
  }
  return (
    <div className="mx-auto flex w-full max-w-[112rem] flex-col gap-5 px-4 py-6 sm:px-6">
      <header className="flex flex-wrap items-baseline gap-x-3">
        <h1 className="font-semibold text-xl tracking-tight">{studioStrings.title}</h1>
        <p className="text-muted">{studioStrings.subtitle}</p>
      </header>
      {providers.data && operations.data ? (
        <Studio
          providers={providers.data}
          operations={operations.data.pages.flatMap((page) => page.items)}
          total={operations.data.pages[0]?.pagination.total ?? 0}
          more={operations.hasNextPage ? () => void operations.fetchNextPage() : null}
          from={from.data ? { video: from.data, start: start !== undefined } : null}
          openId={video}
          onOpen={(next) =>
            navigate({ search: next ? { video: next } : {}, replace: Boolean(video), resetScroll: false })
          }
        />
      ) : (
        <div className="grid gap-6 lg:grid-cols-[22rem_minmax(0,1fr)]">
          <Skeleton className="h-120" />
          <Skeleton className="h-120" />
        </div>
      )}
    </div>
  );
}
