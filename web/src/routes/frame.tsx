import { lazyRouteComponent, useNavigate, useRouterState } from "@tanstack/react-router";
import { type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { DropAnywhere } from "@/features/everywhere/drop-anywhere";
import { Shell as Around } from "@/features/shell/shell";
import { handOver } from "@/lib/dropped";
import { listenForShortcuts } from "@/lib/shortcuts";
import { appStrings } from "@/strings/app";
import { deletedStrings } from "@/strings/deleted";
import { everywhereStrings } from "@/strings/everywhere";
import { settingsStrings } from "@/strings/settings";
import { KeyDoor } from "./key-door";

const Palette = lazyRouteComponent(() => import("@/features/everywhere/palette"), "Palette");
const KeysSheet = lazyRouteComponent(() => import("@/features/everywhere/keys-sheet"), "KeysSheet");

const TAKES_IMAGES = "/studio";
const NEW_JOB = "/new";
const STORIES = "/stories"; // they have places of their own for what is dropped

/** What is around every page, and what can be opened over any of them. */
export function Shell({ account }: { account?: ReactNode }) {
  const [over, setOver] = useState<"palette" | "keys" | null>(null);
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const at = useRef(path);
  at.current = path;
  useEffect(
    () =>
      listenForShortcuts({
        go: (to) => navigate({ to }),
        palette: () => setOver((now) => (now === "palette" ? null : "palette")),
        help: () => setOver("keys"),
      }),
    [navigate],
  );
  const pages = useMemo(
    () =>
      (
        [
          ["/", appStrings.nav.jobs],
          ["/new", appStrings.nav.newJob],
          ["/studio", appStrings.nav.studio],
          ["/stories", appStrings.nav.stories],
          ["/library", appStrings.nav.library],
          ["/deleted", deletedStrings.title],
          ["/settings", appStrings.nav.settings],
        ] as const
      )
        .map(([to, name]) => ({ id: to, title: everywhereStrings.goTo(name), run: () => navigate({ to }) }))
        .concat(
          Object.entries(settingsStrings.sections).map(([hash, name]) => ({
            id: `/settings#${hash}` as "/settings",
            title: everywhereStrings.goTo(`${appStrings.nav.settings}, ${name}`),
            run: () => navigate({ to: "/settings", hash }),
          })),
          {
            id: "keys" as "/settings",
            title: everywhereStrings.keys,
            run: async () => setOver("keys"),
          },
        ),
    [navigate],
  );
  return (
    <>
      <Around account={account} onPalette={() => setOver("palette")} />
      <KeyDoor />
      <DropAnywhere
        onFiles={(files, pastedText) => {
          const here = at.current === NEW_JOB;
          if (at.current.startsWith(STORIES) || (pastedText && !here)) return;
          handOver(files);
          const images = files.every((each) => each.type.startsWith("image/"));
          if (!here && !(at.current === TAKES_IMAGES && images)) void navigate({ to: NEW_JOB });
        }}
      />
      <Suspense>
        {over === "palette" && (
          <Palette
            pages={pages}
            onJob={(jobId) => navigate({ to: "/jobs/$jobId", params: { jobId } })}
            onClose={() => setOver(null)}
          />
        )}
        {over === "keys" && <KeysSheet onClose={() => setOver(null)} />}
      </Suspense>
    </>
  );
}
