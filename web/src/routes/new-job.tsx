import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { readProvidersOptions } from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { NewBatch } from "@/features/batch/new-batch";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";
import { offered } from "./offered";

export function NewJob() {
  const providers = useQuery({ ...readProvidersOptions(), select: offered });
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${batchStrings.title} · ${appStrings.app}`;
  }, []);
  if (providers.isError) return <Failed page error={providers.error} onRetry={() => providers.refetch()} />;
  const [first] = providers.data ?? [];
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-5 px-4 py-6 sm:px-6">
      <h1 className="font-semibold text-xl tracking-tight">{batchStrings.title}</h1>
      {first ? (
        <NewBatch
          providers={providers.data ?? []}
          first={first}
          onStarted={(jobId) => navigate({ to: "/jobs/$jobId", params: { jobId } })}
        />
      ) : (
        <Skeleton className="h-96" />
      )}
    </div>
  );
}
