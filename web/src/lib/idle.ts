// Work that can wait until what is in front of people is drawn.
import { useEffect, useState } from "react";

const LATEST_MS = 2000;
const SOON_MS = 200;

/** Run it when the browser has nothing better to do, soon. Returns how to take it back. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(work, SOON_MS); // Safari
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(work, { timeout: LATEST_MS });
  return () => cancelIdleCallback(id);
}

/** False in the first draw; true as soon as the browser has time for more. */
export function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => whenIdle(() => setIdle(true)), []);
  return idle;
}
