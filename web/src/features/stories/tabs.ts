// The tabs of a story that there are: each is a file of its own, fetched when it is opened.
import { lazyRouteComponent } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { Story } from "./document";

export type TabProps = { story: Story };
export type TabId = "script" | "voice" | "pictures" | "timeline" | "look" | "film";

type Load = () => Promise<{ Tab: ComponentType<TabProps> }>;
const tab = (load: Load) => lazyRouteComponent(load, "Tab") as ComponentType<TabProps>;

/** In their order. */
export const TABS: { id: TabId; Tab: ComponentType<TabProps> }[] = [
  { id: "script", Tab: tab(() => import("./script/script")) },
  { id: "voice", Tab: tab(() => import("./voice/voice")) },
  { id: "pictures", Tab: tab(() => import("./pictures/pictures")) },
  { id: "timeline", Tab: tab(() => import("./timeline/timeline")) },
  { id: "look", Tab: tab(() => import("./look/look")) },
  { id: "film", Tab: tab(() => import("./film/film")) },
];

/** The tab of that name; else the first one. */
export function tabOf(id: string | undefined): TabId {
  return TABS.find((each) => each.id === id)?.id ?? "script";
}
