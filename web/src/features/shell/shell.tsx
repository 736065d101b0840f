import { Link, Outlet } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Button, buttonLook } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { appStrings } from "@/strings/app";
import { everywhereStrings } from "@/strings/everywhere";
import { HelpLink } from "./help-link";
import { LiveMark } from "./live-mark";
import { ProjectsNav } from "./projects-nav";
import { ThemeMenu } from "./theme-menu";

const PLACES = [
  { to: "/", name: appStrings.nav.jobs },
  { to: "/studio", name: appStrings.nav.studio },
  { to: "/stories", name: appStrings.nav.stories },
  { to: "/library", name: appStrings.nav.library },
  { to: "/settings", name: appStrings.nav.settings },
] as const;

/** What is around every page. `account`: whose it is. */
export function Shell({ account, onPalette }: { account?: ReactNode; onPalette: () => void }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className={cn(
          buttonLook({ kind: "primary" }),
          "sr-only z-50 focus:not-sr-only focus:fixed focus:top-2 focus:left-2",
        )}
      >
        {appStrings.nav.skip}
      </a>
      <header className="sticky top-0 z-30 flex h-12 items-center border-line border-b bg-bg px-3 sm:gap-1 sm:px-5">
        <Link
          to="/"
          className="flex shrink-0 items-center gap-2 rounded-md sm:mr-3 font-semibold tracking-tight"
        >
          <img src="/favicon.svg" alt="" className="size-6" />
          <span className="max-sm:sr-only">{appStrings.app}</span>
        </Link>
        <nav
          aria-label={appStrings.nav.main}
          className="flex min-w-0 flex-1 items-center overflow-x-auto [scrollbar-width:none]"
        >
          {PLACES.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              className="rounded-md px-1.5 py-1.5 text-muted text-sm hover:text-text aria-[current=page]:text-text sm:px-2.5"
            >
              {name}
            </Link>
          ))}
          <ProjectsNav />
        </nav>
        <LiveMark />
        <HelpLink />
        <Button
          kind="ghost"
          size="icon"
          aria-label={everywhereStrings.open}
          title="Ctrl + K"
          className="max-sm:hidden"
          onClick={onPalette}
        >
          <Search />
        </Button>
        <span className="max-sm:hidden">
          <ThemeMenu />
        </span>
        {account}
        <Link to="/new" className={buttonLook({ kind: "primary", className: "ml-1 max-sm:px-2" })}>
          <Plus />
          <span className="max-sm:sr-only">{appStrings.nav.newJob}</span>
        </Link>
      </header>
      <main id="content" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        <Outlet />
      </main>
    </div>
  );
}
