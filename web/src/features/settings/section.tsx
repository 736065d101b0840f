import type { ReactNode } from "react";

type Props = { id: string; title: string; text?: string; children: ReactNode };

/** One room of the settings. */
export function Section({ id, title, text, children }: Props) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="flex scroll-mt-16 flex-col gap-4">
      <div>
        <h2 id={`${id}-title`} className="font-semibold text-lg">
          {title}
        </h2>
        {text && <p className="max-w-prose text-muted text-sm">{text}</p>}
      </div>
      {children}
    </section>
  );
}
