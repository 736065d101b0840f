// Notices that nobody is signed in (any more). Where there are no accounts this never happens, and costs nothing.
import type { QueryClient } from "@tanstack/react-query";
import { problemOf } from "@/lib/problem";
import type { EntryPage } from "./entry";

const PAGES: Record<string, EntryPage> = { "/invite": "invite", "/reset": "reset", "/setup": "setup" };

/** The page that a link of an invitation, a lost password or the set-up leads to. */
export function entryOf(path: string): EntryPage | undefined {
  return PAGES[path];
}

/** Call `show` once when the server says that one has to sign in. */
export function whenSignedOut(queries: QueryClient, show: () => void): void {
  const stop = queries.getQueryCache().subscribe(({ query }) => {
    if (query.state.status === "error" && problemOf(query.state.error).code === "sign_in_needed") {
      stop();
      show();
    }
  });
}
