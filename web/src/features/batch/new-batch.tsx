import { useMemo, useRef } from "react";
import { toast } from "sonner";
import { createJob, deleteJob, type Finding, type ProviderView, startJob } from "@/api";
import { ProjectField } from "@/components/project-field";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Failed, Skeleton } from "@/components/ui/states";
import { type BatchSettings, defaultsOf, keepSettings, lastSettings, toBody } from "@/lib/batch-settings";
import { problems } from "@/lib/pile";
import { useReadiness } from "@/lib/readiness";
import { batchStrings } from "@/strings/batch";
import { matchStrings } from "@/strings/match";
import { reviewStrings } from "@/strings/review";
import { DropZone } from "./drop-zone";
import { Outcome } from "./outcome";
import { Presets } from "./presets";
import { PromptsField } from "./prompts-field";
import { fromReport, type Row, toPairs } from "./rows";
import { SettingsForm } from "./settings-form";
import { ShotsPanel } from "./shots-panel";
import { StartLine } from "./start-line";
import { folderOf, suggestedName } from "./suggested-name";
import { useCheck } from "./use-check";
import { useContents } from "./use-contents";
import { useDraft } from "./use-draft";
import { useSend } from "./use-send";

type Props = {
  providers: readonly ProviderView[];
  first: ProviderView;
  /** Settings of another job, to begin with. */
  like: BatchSettings | null;
  /** Files that were dropped or pasted elsewhere on the page. */
  dropped: readonly File[];
  onStarted: (jobId: string) => void;
};

const NONE: readonly Row[] = [];
const NO_FILES: readonly File[] = [];

/** A job from nothing: files, prompts, settings; every pair shown and checked; started in one click. */
export function NewBatch({ providers, first, like, dropped, onStarted }: Props) {
  const known = (id: string) => providers.some((each) => each.id === id);
  const draft = useDraft(lastSettings(providers) ?? defaultsOf(first), known, like);
  const { words, pile, change } = draft;
  const { settings, from, pasted } = words;
  const readiness = useReadiness();
  const sending = useSend();
  const contents = useContents(pile);
  const names = useMemo(() => contents.pictures.map((each) => each.name), [contents.pictures]);
  const byName = useMemo(
    () => new Map(contents.pictures.map((each) => [each.name, each])),
    [contents.pictures],
  );
  const own = words.rows !== null;
  const checked = useCheck({
    settings,
    names,
    dates: contents.dates,
    prompts: from === "file" ? contents.prompts : NO_FILES,
    pasted: from === "text" ? pasted : null,
    pair: words.pair,
    reading: words.reading,
    rows: words.rows,
  });
  const { report } = checked;
  const rows = useMemo(() => words.rows ?? (report ? fromReport(report) : NONE), [words.rows, report]);
  const provider = providers.find((each) => each.id === settings.provider) ?? first;
  const refused = sending.phase.is === "wrong" ? (sending.phase.problem.errors ?? []) : [];
  const errors: readonly Finding[] = [...(report?.errors ?? []), ...refused];
  const anything = report !== undefined || checked.error !== null || names.length > 0;
  const only = contents.prompts.length === 1 ? contents.prompts[0] : undefined;
  const name =
    words.name.trim() || suggestedName(pile.zip?.name ?? folderOf(pile) ?? only?.name, rows[0]?.prompt);
  const made = useRef<{ jobId: string; from: string } | null>(null);
  const busy = sending.sending;
  const inTheWay = problems(pile).some((each) => each === "zip-and-images" || (from === "file" && !own));

  function set(next: Parameters<typeof change>[0]): void {
    change(next);
    sending.changed();
  }

  /** The job to upload to. A job's settings are fixed, so other settings are another job. */
  async function job(): Promise<string> {
    const body = {
      job_name: name,
      settings: { ...toBody(settings), ...(words.project ? { project_id: words.project } : {}) },
    };
    const wanted = JSON.stringify(body);
    if (made.current?.from === wanted) return made.current.jobId;
    const before = made.current;
    const { data } = await createJob({ body, throwOnError: true });
    made.current = { jobId: data.job_id, from: wanted };
    if (before) await deleteJob({ path: { job_id: before.jobId }, throwOnError: true });
    return data.job_id;
  }

  async function start(): Promise<void> {
    const pairs = toPairs(rows, settings.textOnly);
    const used = new Set(pairs.map((each) => each.image));
    const form = new FormData();
    if (pile.zip) form.append("images_folder", pile.zip, pile.zip.name);
    for (const image of pile.images) if (used.has(image.name)) form.append("images", image, image.name);
    form.append("pairs", JSON.stringify(pairs));
    const jobId = await sending.send(form, job);
    if (!jobId) return;
    await startJob({ path: { job_id: jobId }, throwOnError: true });
    keepSettings(settings);
    await draft.finish();
    onStarted(jobId);
  }

  if (!draft.loaded) return <Skeleton className="h-96" />;
  return (
    <div className="grid items-start gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
      <div className="flex min-w-0 flex-col gap-5">
        {draft.back && (
          <p className="flex flex-wrap items-center gap-x-3 rounded-lg border border-line bg-surface py-1.5 pr-1.5 pl-3 text-sm">
            {matchStrings.draftBack}
            <Button kind="ghost" size="sm" className="ml-auto" disabled={busy} onClick={draft.startOver}>
              {matchStrings.startOver}
            </Button>
          </p>
        )}
        <Field label={batchStrings.name}>
          {(ids) => (
            <Input
              {...ids}
              className="h-10! bg-surface! text-lg!"
              value={words.name}
              maxLength={200}
              placeholder={name}
              disabled={busy}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <DropZone
          pile={pile}
          dropped={dropped}
          disabled={busy}
          listed
          others={contents.others}
          onChange={(next) => {
            const newPrompts = next.prompts.length > pile.prompts.length || next.zip !== pile.zip;
            draft.setPile(next);
            set(
              newPrompts
                ? { from: from === "text" && pasted.trim() ? from : "file", rows: null, reading: null }
                : {},
            );
          }}
        />
        {contents.unreadable && <p className="text-bad text-sm">{matchStrings.unreadableZip}</p>}
        {contents.error !== null && <Failed error={contents.error} onRetry={contents.again} />}
        {contents.empty && <p className="text-bad text-sm">{matchStrings.emptyZip}</p>}
        {draft.tooLarge && <p className="text-sm text-wait">{matchStrings.tooLarge}</p>}
        {!own && (
          <PromptsField
            batch={{
              pile,
              from,
              pasted,
              sending: busy,
              setPile: (next) => {
                draft.setPile(next);
                set({ from: "file" });
              },
              setFrom: (next) => set({ from: next }),
              setPasted: (text) => set({ pasted: text }),
            }}
          />
        )}
      </div>
      <section
        aria-labelledby="settings"
        className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4 max-lg:order-2 lg:sticky lg:top-16 lg:row-span-2 lg:max-h-[calc(100dvh-9rem)] lg:overflow-y-auto"
      >
        <div className="flex items-center justify-between gap-2">
          <h2 id="settings" className="font-semibold">
            {batchStrings.settings}
          </h2>
          <Presets
            providers={providers}
            settings={settings}
            disabled={busy}
            onChange={(next) => set({ settings: next })}
          />
        </div>
        <ProjectField value={words.project} disabled={busy} onChange={(project) => set({ project })} />
        <SettingsForm
          readiness={readiness}
          providers={providers}
          provider={provider}
          settings={settings}
          disabled={busy}
          onChange={(next) => set({ settings: next })}
        />
      </section>
      <div className="min-w-0 max-lg:order-1 lg:col-start-1">
        {anything ? (
          <ShotsPanel
            rows={rows}
            own={own}
            pictures={contents.pictures}
            byName={byName}
            errors={errors}
            warnings={report?.warnings ?? []}
            shots={report?.shots ?? 0}
            pending={checked.pending}
            error={checked.error}
            textOnly={settings.textOnly}
            disabled={busy}
            report={report}
            dates={contents.dates}
            pair={words.pair}
            reading={words.reading}
            onPair={(pair) => set({ pair })}
            onReading={(reading) => set({ reading })}
            onRetry={() => checked.again()}
            onChange={(next) => set({ rows: next })}
            onMatchAgain={() => {
              const before = words.rows;
              set({ rows: null });
              toast(matchStrings.matchedAgain, {
                action: { label: reviewStrings.undo, onClick: () => set({ rows: before }) },
              });
            }}
            onEditPrompts={
              from === "file" && only && isText(only.name)
                ? async () => set({ from: "text", pasted: await only.text(), rows: null })
                : null
            }
          />
        ) : (
          <p className="py-4 text-center text-faint text-sm">{matchStrings.empty}</p>
        )}
      </div>
      <div className="sticky bottom-0 z-20 -mx-4 max-lg:order-3 -mb-6 flex flex-col gap-3 border-line border-t bg-bg px-4 py-3 sm:-mx-6 sm:px-6 lg:col-span-2">
        {sending.phase.is !== "ready" && (
          <Outcome phase={sending.phase} textOnly={settings.textOnly} onStop={sending.stop} />
        )}
        <StartLine
          report={report}
          provider={provider}
          readiness={readiness(provider)}
          errors={errors.length}
          pending={checked.pending}
          blocked={
            busy || inTheWay || contents.unreadable || contents.error !== null || checked.error !== null
          }
          again={sending.phase.is === "dropped" || sending.phase.is === "stopped"}
          onStart={start}
        />
      </div>
    </div>
  );
}

function isText(name: string): boolean {
  return !/\.xlsx$/i.test(name);
}
