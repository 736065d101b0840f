import { useEffect, useState, useSyncExternalStore } from "react";
import { cn } from "@/lib/cn";
import { liveState } from "@/lib/live";
import { appStrings } from "@/strings/app";

const PATIENCE_MS = 1500;
/** On a phone there is no room for words in the bar: they are under it. */
const LOST =
  "text-bad max-sm:pointer-events-none max-sm:absolute max-sm:inset-x-0 max-sm:top-full max-sm:border-line max-sm:border-b max-sm:bg-bg max-sm:py-1 max-sm:text-center";

/** Whether what is seen is what is. Says nothing of a hiccup that mends at once. */
export function LiveMark() {
  const state = useSyncExternalStore(liveState.subscribe, liveState.get);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (state !== "lost") return setLost(false);
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const words = lost
    ? appStrings.live.lost
    : state === "connecting"
      ? appStrings.live.connecting
      : appStrings.live.mended;
  return (
    <p role="status" title={words} className="flex items-center gap-2 px-2 text-xs">
      <span
        className={cn(
          "size-2 rounded-full",
          lost ? "animate-pulse bg-bad-fill" : state === "live" ? "bg-good-fill" : "bg-faint",
        )}
      />
      <span className={lost ? LOST : "sr-only"}>{words}</span>
    </p>
  );
}
