// What a page shows when there is nothing, when it waits, and when it failed.
import { CircleAlert, type LucideIcon, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";

type NothingProps = {
  icon: LucideIcon;
  title: string;
  text?: string;
  children?: ReactNode;
  /** It is all there is on the page. */
  page?: boolean;
  className?: string;
};

/** Nothing here: what it is, and the way on. */
export function Nothing({ icon: Icon, title, text, children, page, className }: NothingProps) {
  const Title = page ? "h1" : "h2";
  return (
    <div
      className={cn("flex flex-col items-center gap-2 px-6 py-14 text-center", page && "my-auto", className)}
    >
      <span className="mb-1 grid size-11 place-items-center rounded-xl border border-line bg-raised text-muted">
        <Icon className="size-5" />
      </span>
      <Title className="font-semibold text-lg">{title}</Title>
      {text && <p className="max-w-md text-balance text-muted">{text}</p>}
      {children && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

type FailedProps = { error: unknown; onRetry: () => void; page?: boolean };

/** A request failed: why, and again. */
export function Failed({ error, onRetry, page = false }: FailedProps) {
  const problem = problemOf(error);
  const text = problem.hint ? `${problem.detail} ${problem.hint}` : problem.detail;
  return (
    <Nothing icon={CircleAlert} title={problem.title} text={text} page={page}>
      {problem.errors && problem.errors.length > 0 && (
        <ul className="w-full text-bad text-sm">
          {problem.errors.map((each) => (
            <li key={each.where + each.message}>
              {each.where}: {each.message}
            </li>
          ))}
        </ul>
      )}
      <Button onClick={onRetry}>
        <RotateCw />
        {appStrings.common.retry}
      </Button>
    </Nothing>
  );
}

/** Holds the place of what is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("shimmer rounded-lg", className)} />;
}
