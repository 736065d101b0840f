import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, KeyRound, LoaderCircle, Play, Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { readJobsOptions, readJobsQueryKey, readKeysOptions } from "@/api/@tanstack/react-query.gen";
import { Button, buttonLook } from "@/components/ui/button";
import { askForKey } from "@/lib/ask-key";
import { cn } from "@/lib/cn";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { firstStepsStrings } from "@/strings/first-steps";
import { makeSample } from "./sample";

const HIDDEN = "rushes.first-steps";
const FIRST_PROVIDER = "omni";
const GET_A_KEY = "https://aistudio.google.com/apikey";
const ENOUGH = 10;

/** Three steps for somebody who is here for the first time; gone when they are done, or hidden. */
export function FirstSteps({ onOpen }: { onOpen: (jobId: string) => void }) {
  const [hidden, setHidden] = useState(() => localStorage.getItem(HIDDEN) === "yes");
  const client = useQueryClient();
  const jobs = useQuery({
    ...readJobsOptions({ query: { limit: ENOUGH, sort: "created_at", order: "asc" } }),
    enabled: !hidden,
  });
  const keys = useQuery({ ...readKeysOptions(), enabled: !hidden });
  const sample = useMutation({
    mutationFn: makeSample,
    onError: (error) => toast.error(said(error)),
    onSettled: () => client.invalidateQueries({ queryKey: readJobsQueryKey() }),
  });
  if (hidden || !jobs.data || !keys.data) return null;
  const all = jobs.data.items;
  const sampled = all.find((each) => each.job_name === firstStepsStrings.sampleName);
  const hasKey = keys.data.length > 0;
  const own = all.some((each) => each !== sampled);
  // Who has come without the steps does not need them.
  if ((sampled && hasKey && own) || jobs.data.pagination.total >= ENOUGH) return null;
  return (
    <section
      aria-labelledby="first-steps"
      className="w-full max-w-6xl rounded-xl border border-line bg-surface text-left"
    >
      <header className="flex items-center justify-between gap-3 px-4 pt-3">
        <h2 id="first-steps" className="font-semibold">
          {firstStepsStrings.title}
        </h2>
        <Button
          kind="ghost"
          size="icon-sm"
          aria-label={firstStepsStrings.hide}
          title={firstStepsStrings.hide}
          onClick={() => {
            localStorage.setItem(HIDDEN, "yes");
            setHidden(true);
          }}
        >
          <X />
        </Button>
      </header>
      <ol className="grid gap-px overflow-hidden rounded-b-xl md:grid-cols-3">
        <Step
          number={1}
          done={Boolean(sampled)}
          title={firstStepsStrings.sample}
          text={firstStepsStrings.sampleText}
        >
          {sampled ? (
            <Button onClick={() => onOpen(sampled.job_id)}>
              <Play />
              {firstStepsStrings.sampleOpen}
            </Button>
          ) : (
            <Button kind="primary" disabled={sample.isPending} onClick={() => sample.mutate()}>
              {sample.isPending ? <LoaderCircle className="animate-spin" /> : <Play />}
              {sample.isPending ? firstStepsStrings.sampleMaking : firstStepsStrings.sampleDo}
            </Button>
          )}
        </Step>
        <Step number={2} done={hasKey} title={firstStepsStrings.key} text={firstStepsStrings.keyText}>
          <Button onClick={() => askForKey(FIRST_PROVIDER)}>
            <KeyRound />
            {firstStepsStrings.keyDo}
          </Button>
          <a
            href={GET_A_KEY}
            target="_blank"
            rel="noreferrer"
            className="rounded text-muted text-sm underline underline-offset-2"
          >
            {firstStepsStrings.keyGet}
          </a>
        </Step>
        <Step number={3} done={own} title={firstStepsStrings.job} text={firstStepsStrings.jobText}>
          <Link to="/new" className={buttonLook()}>
            <Plus />
            {appStrings.nav.newJob}
          </Link>
        </Step>
      </ol>
    </section>
  );
}

type StepProps = { number: number; done: boolean; title: string; text: string; children: ReactNode };

function Step({ number, done, title, text, children }: StepProps) {
  return (
    <li className="flex flex-col gap-2 p-4">
      <h3 className={cn("flex items-center gap-2 font-medium", done && "text-muted")}>
        {done ? (
          <CircleCheck aria-label={firstStepsStrings.done} className="size-5 text-good" />
        ) : (
          <span className="tnum grid size-5 place-items-center rounded-full bg-raised text-xs">{number}</span>
        )}
        {title}
      </h3>
      <p className="text-muted text-sm">{text}</p>
      <div className="mt-auto flex flex-wrap items-center gap-3 pt-1">{children}</div>
    </li>
  );
}
