import { useQuery } from "@tanstack/react-query";
import { lazyRouteComponent } from "@tanstack/react-router";
import { Share2 } from "lucide-react";
import { Suspense, useState } from "react";
import { readMeOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { shareStrings as strings } from "@/strings/sharing";
import type { Shared } from "./share-dialog";

const ShareDialog = lazyRouteComponent(() => import("./share-dialog"), "ShareDialog");

/** Shares something by a link. Nothing where there are no accounts, or for who may only look. */
export function ShareButton({ what, quiet = false }: { what: Shared; quiet?: boolean }) {
  const me = useQuery(readMeOptions());
  const [open, setOpen] = useState(false);
  if (!me.data?.accounts || me.data.role === "viewer") return null;
  return (
    <>
      <Button
        title={strings.title}
        className={quiet ? "max-md:px-2.5 max-sm:px-2" : ""}
        onClick={() => setOpen(true)}
      >
        <Share2 />
        <span className={quiet ? "max-md:sr-only" : ""}>{strings.share}</span>
      </Button>
      <Suspense>{open && <ShareDialog what={what} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
