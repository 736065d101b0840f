import { useRouterState } from "@tanstack/react-router";
import { CircleHelp } from "lucide-react";
import { buttonLook } from "@/components/ui/button";
import { appStrings } from "@/strings/app";

/** The pages of the guide by the first part of an address: what is looked for there first. */
const GUIDE: Record<string, string> = {
  "": "page",
  jobs: "page",
  library: "history",
  new: "batch",
  queue: "page",
  settings: "keys",
  stories: "film",
  studio: "one-prompt",
};

/** The way from each page to its page of the guide, which this server has. */
export function HelpLink() {
  const first = useRouterState({ select: (state) => state.location.pathname.split("/")[1] ?? "" });
  return (
    <a
      href={`/help/${GUIDE[first] ?? "page"}`}
      target="_blank"
      rel="noopener"
      aria-label={appStrings.nav.help}
      title={appStrings.nav.help}
      className={buttonLook({ kind: "ghost", size: "icon" })}
    >
      <CircleHelp />
    </a>
  );
}
