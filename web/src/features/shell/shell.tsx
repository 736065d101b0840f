import { Link, Outlet } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { buttonLook } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { t } from "@/strings/en";
import { ts } from "@/strings/studio";
import { LiveMark } from "./live-mark";
import { ThemeMenu } from "./theme-menu";

/** What is around every page. */
export function Shell() {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className={cn(
          buttonLook({ kind: "primary" }),
          "sr-only z-50 focus:not-sr-only focus:fixed focus:top-2 focus:left-2",
        )}
      >
        {t.nav.skip}
      </a>
      <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-line border-b bg-bg px-3 sm:px-5">
        <Link to="/" className="mr-3 flex items-center gap-2 rounded-md font-semibold tracking-tight">
          <img src="/favicon.svg" alt="" className="size-6" />
          {t.app}
        </Link>
        <nav aria-label={t.nav.main} className="flex flex-1 items-center">
          <Link
            to="/"
            activeOptions={{ exact: true, includeSearch: false }}
            className="rounded-md px-2.5 py-1.5 text-muted text-sm hover:text-text aria-[current=page]:text-text"
          >
            {t.nav.jobs}
          </Link>
          <Link
            to="/studio"
            activeOptions={{ includeSearch: false }}
            className="rounded-md px-2.5 py-1.5 text-muted text-sm hover:text-text aria-[current=page]:text-text"
          >
            {ts.title}
          </Link>
        </nav>
        <LiveMark />
        <ThemeMenu />
        <Link to="/new" className={buttonLook({ kind: "primary", className: "ml-1" })}>
          <Plus />
          {t.nav.newJob}
        </Link>
      </header>
      <main id="content" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
    </div>
  );
}
