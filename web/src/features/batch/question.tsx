import { CircleHelp } from "lucide-react";
import { type ReactNode, useId } from "react";

/** A question with its answers as buttons. Read aloud when it comes up. */
export function Ask({ question, why, children }: { question: string; why: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-line border-b bg-wait-soft px-3 py-3">
      <div role="alert">
        <h3 id={id} className="flex items-center gap-2 font-semibold">
          <CircleHelp className="size-4 shrink-0 text-wait" />
          {question}
        </h3>
        <p className="mt-0.5 text-sm">{why}</p>
      </div>
      <div className="mt-2.5 grid gap-2 sm:grid-cols-2">{children}</div>
    </section>
  );
}

type AnswerProps = { title: string; detail: string; disabled: boolean; onClick: () => void };

/** One answer, with what it would do. */
export function Answer({ title, detail, disabled, onClick }: AnswerProps) {
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onClick}
      className="flex min-h-11 min-w-0 flex-col rounded-md border border-line-strong bg-surface px-3 py-2 text-left transition-colors hover:border-accent-text hover:bg-raised disabled:pointer-events-none disabled:opacity-50"
    >
      <span className="font-medium text-sm">{title}</span>
      {detail && <span className="w-full truncate text-muted text-xs">{detail}</span>}
    </button>
  );
}
