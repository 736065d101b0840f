// How far the work is, in the tab's title and picture.
import { useEffect } from "react";
import { percent } from "@/lib/format";
import { appStrings } from "@/strings/app";

const PLAIN = "/favicon.svg";
const ROUND = 2 * Math.PI * 13;

function icon(progress: number | null): string {
  if (progress === null) return PLAIN;
  const done = (ROUND * Math.min(100, Math.max(0, progress))) / 100;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#6d5ef0"/>` +
    `<circle cx="16" cy="16" r="13" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="4"/>` +
    `<circle cx="16" cy="16" r="13" fill="none" stroke="#fff" stroke-width="4" stroke-dasharray="${done.toFixed(1)} 100" transform="rotate(-90 16 16)"/>` +
    `<path d="M13 10.5l8 5.5-8 5.5z" fill="#fff"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Name the tab; while something is made (`progress`, percent) it says how far that is. */
export function useTab(name: string | undefined, progress: number | null = null): void {
  const shown = progress === null ? null : Math.floor(progress);
  useEffect(() => {
    const title = name ? `${name} · ${appStrings.app}` : appStrings.app;
    document.title = shown === null ? title : `${percent(shown)} · ${title}`;
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (link) link.href = icon(shown);
    return () => {
      if (link) link.href = PLAIN;
    };
  }, [name, shown]);
}
