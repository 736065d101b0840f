import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import {
  getBudgetsOptions,
  readAllCostsOptions,
  readFlowSignInsOptions,
  readHealthOptions,
  readKeysOptions,
  readProjectsOptions,
  readProvidersOptions,
  readStorageOptions,
} from "@/api/@tanstack/react-query.gen";
import { Failed, Skeleton } from "@/components/ui/states";
import { People } from "@/features/people/people";
import { About, Appearance } from "@/features/settings/appearance";
import { Budgets } from "@/features/settings/budgets";
import { Channels } from "@/features/settings/channels";
import { Notices } from "@/features/settings/notices";
import { Projects } from "@/features/settings/projects";
import { Providers } from "@/features/settings/providers";
import { Storage } from "@/features/settings/storage";
import { Webhooks } from "@/features/settings/webhooks";
import { appStrings } from "@/strings/app";
import { settingsStrings } from "@/strings/settings";
import { offered } from "./offered";

/** What is used and left changes without us: looked at again whenever the page is. */
const FRESH = { staleTime: 0 };

export function Settings() {
  const providers = useQuery({ ...readProvidersOptions(), select: offered });
  const keys = useQuery({ ...readKeysOptions(), ...FRESH });
  const accounts = useQuery({ ...readFlowSignInsOptions(), ...FRESH });
  const budgets = useQuery({ ...getBudgetsOptions(), ...FRESH });
  const costs = useQuery({ ...readAllCostsOptions({ query: { by: "provider" } }), ...FRESH });
  const projects = useQuery({ ...readProjectsOptions({ query: { archived: true } }), ...FRESH });
  const storage = useQuery({ ...readStorageOptions(), ...FRESH });
  const health = useQuery({ ...readHealthOptions(), ...FRESH });
  useEffect(() => {
    document.title = `${settingsStrings.title} · ${appStrings.app}`;
  }, []);
  return (
    <div className="mx-auto grid w-full max-w-5xl items-start gap-x-10 gap-y-6 px-4 py-6 sm:px-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <h1 className="font-semibold text-xl tracking-tight lg:col-span-2">{settingsStrings.title}</h1>
      <nav aria-label={settingsStrings.title} className="sticky top-16 max-lg:hidden">
        <ul className="flex flex-col">
          {Object.entries(settingsStrings.sections).map(([id, name]) => (
            <li key={id}>
              <a
                href={`#${id}`}
                className="block rounded-md px-2.5 py-1.5 text-muted text-sm hover:bg-raised hover:text-text"
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-col gap-10">
        <Loaded queries={[providers, keys, accounts]}>
          {providers.data && keys.data && accounts.data && (
            <Providers providers={providers.data} keys={keys.data} accounts={accounts.data} />
          )}
        </Loaded>
        <Loaded queries={[budgets, costs]}>
          {budgets.data && costs.data && <Budgets budgets={budgets.data} costs={costs.data} />}
        </Loaded>
        <Loaded queries={[projects]}>{projects.data && <Projects projects={projects.data} />}</Loaded>
        <Loaded queries={[storage]}>{storage.data && <Storage storage={storage.data} />}</Loaded>
        <People />
        <Webhooks />
        <Channels />
        <Notices />
        <Appearance />
        <Loaded queries={[health]}>{health.data && <About health={health.data} />}</Loaded>
      </div>
    </div>
  );
}

/** A part of the page that stands for itself: what fails is told in its place, the rest is there. */
function Loaded({ queries, children }: { queries: UseQueryResult<unknown, unknown>[]; children: ReactNode }) {
  const failed = queries.find((each) => each.isError && !each.data);
  if (failed) return <Failed error={failed.error} onRetry={() => queries.map((each) => each.refetch())} />;
  return queries.some((each) => each.isPending) ? <Skeleton className="h-40" /> : children;
}
