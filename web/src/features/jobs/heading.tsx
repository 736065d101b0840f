import type { ReactNode } from "react";

/** The heading of a part of the page. */
export function Heading({ id, title, aside }: { id: string; title: string; aside?: ReactNode }) {
  return (
    <h2 id={id} className="flex items-baseline gap-2 font-semibold text-base">
      {title}
      {aside !== undefined && <span className="tnum font-normal text-faint text-sm">{aside}</span>}
    </h2>
  );
}
