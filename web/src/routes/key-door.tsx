import { useQuery } from "@tanstack/react-query";
import { lazyRouteComponent } from "@tanstack/react-router";
import { Suspense, useSyncExternalStore } from "react";
import { readProvidersOptions } from "@/api/@tanstack/react-query.gen";
import { servicesOf } from "@/features/settings/services";
import { askedKey, askForKey } from "@/lib/ask-key";

const KeyForm = lazyRouteComponent(() => import("@/features/settings/key-form"), "KeyForm");

/** The form for a key, over whatever page it is asked for from. */
export function KeyDoor() {
  const asked = useSyncExternalStore(askedKey.subscribe, askedKey.get);
  const providers = useQuery({ ...readProvidersOptions(), enabled: asked !== null });
  const service = servicesOf(providers.data ?? []).find((each) =>
    each.providers.some(({ id }) => id === asked),
  );
  return (
    <Suspense>
      {asked && service && <KeyForm of={{ kind: "new", service }} onClose={() => askForKey(null)} />}
    </Suspense>
  );
}
