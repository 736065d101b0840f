// What a review opens now and then: fetched once the gallery is there, so that it does not wait for them.
// (The router's way of being lazy loads the page anew when a newer server does not have the piece any more.)
import { lazyRouteComponent } from "@tanstack/react-router";

export const ActionBar = lazyRouteComponent(() => import("./action-bar"), "ActionBar");
export const Compare = lazyRouteComponent(() => import("./compare"), "Compare");
export const DecideDialog = lazyRouteComponent(() => import("./decide-dialog"), "DecideDialog");
export const MoreDialog = lazyRouteComponent(() => import("./more-dialog"), "MoreDialog");
export const Player = lazyRouteComponent(() => import("./player"), "Player");
export const PromptsDialog = lazyRouteComponent(() => import("./prompts-dialog"), "PromptsDialog");
export const RegenerateDialog = lazyRouteComponent(() => import("./regenerate-dialog"), "RegenerateDialog");
export const Upscales = lazyRouteComponent(() => import("./upscales"), "Upscales");

/** Have them here before they are asked for. */
export function fetchLater(): void {
  for (const each of [ActionBar, Player, RegenerateDialog, DecideDialog, Compare, MoreDialog, PromptsDialog])
    void each.preload?.();
}
