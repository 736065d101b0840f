import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useSyncExternalStore } from "react";
import { explainRouteOptions, readJobOptions, readProvidersOptions } from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { NewBatch } from "@/features/batch/new-batch";
import { fromSettings } from "@/lib/batch-settings";
import { droppedHere } from "@/lib/dropped";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";
import { offered } from "./offered";

const route = getRouteApi("/new");

export function NewJob() {
  const { like } = route.useSearch();
  const providers = useQuery({ ...readProvidersOptions(), select: offered });
  // The same rule as in the Studio: whom the server would choose.
  const chosen = useQuery(explainRouteOptions({ query: { mode: ["image_to_video"] } }));
  const other = useQuery({
    ...readJobOptions({ path: { job_id: like ?? "" } }),
    enabled: like !== undefined,
  });
  const dropped = useSyncExternalStore(droppedHere.subscribe, droppedHere.get);
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${batchStrings.title} · ${appStrings.app}`;
  }, []);
  if (providers.isError) return <Failed page error={providers.error} onRetry={() => providers.refetch()} />;
  const all = providers.data ?? [];
  const first = all.find((each) => each.id === chosen.data?.provider) ?? all[0];
  const pending = chosen.isPending || (like !== undefined && other.isPending);
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-5 px-4 py-6 sm:px-6">
      <h1 className="font-semibold text-xl tracking-tight">{batchStrings.title}</h1>
      {first && !pending ? (
        <NewBatch
          key={like}
          providers={all}
          first={first}
          like={other.data ? fromSettings(other.data.settings, all) : null}
          dropped={dropped}
          onStarted={(jobId) => navigate({ to: "/jobs/$jobId", params: { jobId } })}
        />
      ) : (
        <Skeleton className="h-96" />
      )}
    </div>
  );
}
