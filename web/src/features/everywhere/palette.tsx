import * as Radix from "@radix-ui/react-dialog";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { readJobsOptions } from "@/api/@tanstack/react-query.gen";
import { cn } from "@/lib/cn";
import { type Command, commandsNow, matching } from "@/lib/commands";
import { saveTheme } from "@/lib/theme";
import { appStrings } from "@/strings/app";
import { everywhereStrings } from "@/strings/everywhere";

type Props = { pages: readonly Command[]; onJob: (jobId: string) => void; onClose: () => void };

const MOST = 40;
const JOBS = 8;

/** Every command, page and job, found by typing. */
export function Palette({ pages, onJob, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [offered] = useState(commandsNow);
  const list = useId();
  const jobs = useQuery(
    readJobsOptions({ query: { limit: JOBS, ...(typed.trim() ? { search: typed.trim() } : {}) } }),
  );
  const themes = (["system", "dark", "light"] as const).map((theme) => ({
    id: `theme ${theme}`,
    title: everywhereStrings.theme(appStrings.theme[theme]),
    run: () => saveTheme(theme),
  }));
  const found: Command[] = [
    ...matching([...offered, ...pages], typed),
    ...(jobs.data?.items ?? []).map((each) => ({
      id: each.job_id,
      title: everywhereStrings.job(each.job_name),
      run: () => onJob(each.job_id),
    })),
    ...matching(themes, typed),
  ].slice(0, MOST);
  const index = Math.min(at, found.length - 1);
  function run(command: Command | undefined): void {
    if (!command) return;
    onClose();
    command.run();
  }
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/50" />
        <Radix.Content
          aria-describedby={undefined}
          className="rise -translate-x-1/2 fixed top-[12dvh] left-1/2 z-50 flex max-h-[70dvh] w-[calc(100vw-2rem)] max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-pop outline-none"
          onKeyDown={(event) => {
            event.stopPropagation();
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) setAt(Math.max(0, Math.min(found.length - 1, index + step)));
            else if (event.key === "Enter") run(found[index]);
            else return;
            event.preventDefault();
          }}
        >
          <Radix.Title className="sr-only">{everywhereStrings.palette}</Radix.Title>
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={list}
            aria-activedescendant={found[index] ? `${list}-${index}` : undefined}
            aria-label={everywhereStrings.placeholder}
            placeholder={everywhereStrings.placeholder}
            value={typed}
            className="h-12 border-line border-b bg-surface px-4 text-base outline-none"
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(0);
            }}
          />
          <div
            id={list}
            role="listbox"
            aria-label={everywhereStrings.palette}
            className="overflow-y-auto p-1.5"
          >
            {found.map((each, nth) => (
              <div
                key={each.id}
                id={`${list}-${nth}`}
                role="option"
                tabIndex={-1}
                aria-selected={nth === index}
                ref={nth === index ? (row) => row?.scrollIntoView({ block: "nearest" }) : undefined}
                className={cn(
                  "cursor-default truncate rounded-md px-3 py-2 text-sm",
                  nth === index && "bg-raised",
                )}
                onPointerMove={() => nth !== index && setAt(nth)}
                onClick={() => run(each)}
                onKeyDown={(event) => event.key === " " && run(each)}
              >
                {each.title}
              </div>
            ))}
          </div>
          {found.length === 0 && (
            <p role="status" className="px-4 pb-4 text-muted text-sm">
              {everywhereStrings.nothing}
            </p>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
