import { CircleAlert, CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem, UploadReport } from "@/api";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { bytes } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";
import type { Phase } from "./use-send";
import { isQuestion } from "./ways";

type Props = { phase: Phase; textOnly: boolean; onStop: () => void };

/** How far an upload is, and what the server says of it. Read aloud when it changes. */
export function Outcome({ phase, textOnly, onStop }: Props) {
  return (
    <div aria-live="polite" className="contents">
      {phase.is === "sending" && <Sending done={phase.done} all={phase.all} onStop={onStop} />}
      {phase.is === "stopped" && (
        <Note icon={<CircleAlert className="text-wait" />}>{batchStrings.stopped}</Note>
      )}
      {phase.is === "dropped" && <Note icon={<CircleX className="text-bad" />}>{batchStrings.dropped}</Note>}
      {phase.is === "wrong" && <Wrong problem={phase.problem} />}
      {phase.is === "ready" && (
        <>
          {phase.stale && (
            <Note icon={<CircleAlert className="text-wait" />}>{batchStrings.changedSince}</Note>
          )}
          <Ready report={phase.report} textOnly={textOnly} />
        </>
      )}
    </div>
  );
}

function Note({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 rounded-lg border border-line bg-surface px-3 py-2.5 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
      {icon}
      {children}
    </p>
  );
}

function Sending({ done, all, onStop }: { done: number; all: number; onStop: () => void }) {
  const sent = all > 0 && done >= all;
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex items-center justify-between gap-2">
        <p className="tnum text-sm">
          {sent
            ? batchStrings.checking
            : `${batchStrings.uploading} ${all > 0 ? batchStrings.of(bytes(done), bytes(all)) : ""}`}
        </p>
        <Button size="sm" onClick={onStop}>
          {batchStrings.stopUpload}
        </Button>
      </div>
      <Progress
        label={batchStrings.uploading}
        value={all > 0 ? (100 * done) / all : 0}
        className={sent ? "animate-pulse" : ""}
      />
    </div>
  );
}

function Wrong({ problem }: { problem: Problem }) {
  const faults = (problem.errors ?? []).filter((each) => !isQuestion(each));
  if (faults.length === 0 && problem.errors?.length) return null; // it is asked below
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface">
      <h3 className="flex items-start gap-2 bg-bad-soft px-3 py-2 font-medium text-bad">
        <CircleX className="mt-0.5 size-4 shrink-0" />
        <span>
          {batchStrings.wrong}
          {faults.length > 0 && ` · ${appStrings.problems.faults(faults.length)}`}
        </span>
      </h3>
      {faults.length === 0 ? (
        <p className="px-3 py-2.5">{problem.hint ? `${problem.detail} ${problem.hint}` : problem.detail}</p>
      ) : (
        <Places list={faults.map((each) => ({ where: each.where, what: each.message }))} />
      )}
    </section>
  );
}

function Ready({ report, textOnly }: { report: UploadReport; textOnly: boolean }) {
  const { unmatched_images: images, unmatched_prompts: prompts, warnings } = report;
  const remarks = images.length + warnings.length + (textOnly ? 0 : prompts.length);
  const Icon = remarks > 0 ? TriangleAlert : CircleCheck;
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface">
      <h3
        className={`flex items-center gap-2 px-3 py-2 font-medium ${remarks > 0 ? "bg-wait-soft text-wait" : "bg-good-soft text-good"}`}
      >
        <Icon className="size-4 shrink-0" />
        {remarks > 0 ? batchStrings.readySome : batchStrings.ready}
      </h3>
      <p className="tnum px-3 py-2.5">
        <span className="font-medium">{batchStrings.matched(report.matched)}</span>
        <span className="text-muted"> · {batchStrings.found(report.image_count, report.prompt_count)}</span>
      </p>
      {images.length > 0 && (
        <Part
          title={batchStrings.unmatchedImages(images.length)}
          list={images.map((where) => ({ where, what: "" }))}
        />
      )}
      {prompts.length > 0 && (
        <Part
          title={
            textOnly
              ? batchStrings.unmatchedTextOnly(prompts.length)
              : batchStrings.unmatchedPrompts(prompts.length)
          }
          list={prompts.map((each) => ({
            where: batchStrings.promptAt(each.number, each.line),
            what: each.text,
          }))}
        />
      )}
      {warnings.length > 0 && (
        <Part title={batchStrings.warnings} list={warnings.map((what) => ({ where: "", what }))} />
      )}
    </section>
  );
}

type Place = { where: string; what: string };

function Part({ title, list }: { title: string; list: readonly Place[] }) {
  return (
    <details open={list.length <= 5} className="border-line border-t">
      <summary className="px-3 py-2 text-muted text-sm hover:text-text">{title}</summary>
      <Places list={list} />
    </details>
  );
}

const MOST = 100;

function Places({ list }: { list: readonly Place[] }) {
  return (
    <ul className="max-h-80 divide-y divide-line overflow-y-auto">
      {list.slice(0, MOST).map(({ where, what }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown once, as the server said it
        <li key={index} className="px-3 py-2 text-sm">
          {where && <p className="break-all font-medium text-xs">{where}</p>}
          {what && <p className="break-words text-muted">{what}</p>}
        </li>
      ))}
      {list.length > MOST && (
        <li className="px-3 py-2 text-faint text-sm">{appStrings.problems.moreFaults(list.length - MOST)}</li>
      )}
    </ul>
  );
}
