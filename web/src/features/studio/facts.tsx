import { type ReactNode, useEffect, useState } from "react";
import type { Operation } from "@/api";
import { ago, duration, moment, money } from "@/lib/format";
import { studioStrings } from "@/strings/studio";

/** How it was made, on one line. */
export function OperationFacts({ operation }: { operation: Operation }) {
  const { aspect_ratio, resolution, duration: seconds, model, cost, created_at } = operation;
  const took = tookOf(operation);
  const facts = [
    `${aspect_ratio}, ${resolution}, ${studioStrings.seconds(seconds)}`,
    model,
    ...(cost !== null && Number(cost) > 0 ? [money(Number(cost))] : []),
    ...(took ? [studioStrings.card.took(took)] : []),
  ];
  return (
    <p className="tnum flex flex-wrap gap-x-1.5 text-faint text-xs">
      <span>{facts.join(" · ")}</span>
      <time dateTime={created_at} title={moment(created_at)} className="ml-auto">
        {ago(created_at)}
      </time>
    </p>
  );
}

/** `34 s`: from the asking to the end; null while there is none. */
export function tookOf({ created_at, completed_at }: Operation): string | null {
  if (!completed_at) return null;
  return duration((Date.parse(completed_at) - Date.parse(created_at)) / 1000);
}

export function elapsed(seconds: number): string {
  return studioStrings.card.elapsed(duration(seconds));
}

/** A moment that is over for longer every second. */
export function Since({ iso, children }: { iso: string; children: (seconds: number) => ReactNode }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <p className="tnum text-faint text-xs">{children(Math.max(0, (now - Date.parse(iso)) / 1000))}</p>;
}
