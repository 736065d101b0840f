// Whether something stands still for a reason that a person should see.
import type { JobView, VideoView } from "@/api";

type Waiting = Pick<VideoView | JobView, "waiting_for" | "wait_reason">;

/** What every queue has: others go first. */
const usual = new Set<string>(["turn", "spacing"]);

export function isHeldUp({ waiting_for, wait_reason }: Waiting): boolean {
  return Boolean(wait_reason && waiting_for && !usual.has(waiting_for));
}
