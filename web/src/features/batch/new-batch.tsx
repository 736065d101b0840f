import { useRef, useState } from "react";
import { createJob, deleteJob, type ProviderView } from "@/api";
import { Field, Input } from "@/components/ui/field";
import { type BatchSettings, defaultsOf, estimate, toBody } from "@/lib/batch-settings";
import { duration, money } from "@/lib/format";
import { tb } from "@/strings/batch";
import { DropZone } from "./drop-zone";
import { Outcome } from "./outcome";
import { PromptsField } from "./prompts-field";
import { SettingsForm } from "./settings-form";
import { StartBar } from "./start-bar";
import { useBatch } from "./use-batch";

type Props = { providers: readonly ProviderView[]; first: ProviderView; onStarted: (jobId: string) => void };
type Draft = { jobId: string; madeFrom: string };

/** A job from nothing: name, files, settings; checked by the server; started. */
export function NewBatch({ providers, first, onStarted }: Props) {
  const batch = useBatch();
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const [settings, setSettings] = useState<BatchSettings>(() => defaultsOf(first));
  const draft = useRef<Draft | null>(null);
  const provider = providers.find((each) => each.id === settings.provider) ?? first;
  const { phase } = batch;
  const checked = phase.is === "ready" ? phase : null;
  const cost = checked && estimate(provider, settings, checked.report.matched);

  /** The job to upload to. A job's settings are fixed, so other settings are another job. */
  async function job(): Promise<string> {
    const body = { job_name: name.trim(), settings: toBody(settings) };
    const madeFrom = JSON.stringify(body);
    if (draft.current?.madeFrom === madeFrom) return draft.current.jobId;
    const before = draft.current;
    const { data } = await createJob({ body, throwOnError: true });
    draft.current = { jobId: data.job_id, madeFrom };
    if (before) await deleteJob({ path: { job_id: before.jobId }, throwOnError: true });
    return data.job_id;
  }

  function check(): void {
    setAsked(true);
    if (name.trim()) void batch.send(job);
  }

  return (
    <div className="grid items-start gap-x-10 gap-y-6 lg:grid-rows-[auto_1fr] lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-6">
        <Field label={tb.name} error={asked && !name.trim() ? tb.nameMissing : undefined}>
          {(ids) => (
            <Input
              {...ids}
              className="h-10 bg-surface text-lg"
              value={name}
              maxLength={200}
              placeholder={tb.namePlaceholder}
              disabled={batch.sending}
              onChange={(event) => {
                setName(event.target.value);
                batch.changed();
              }}
            />
          )}
        </Field>
        <DropZone pile={batch.pile} disabled={batch.sending} onChange={batch.setPile} />
        <PromptsField batch={batch} />
      </div>
      <section
        aria-labelledby="settings"
        className="lg:col-start-2 lg:row-span-2 lg:row-start-1 flex flex-col gap-4 rounded-xl border border-line bg-surface p-4"
      >
        <h2 id="settings" className="font-semibold">
          {tb.settings}
        </h2>
        <SettingsForm
          providers={providers}
          provider={provider}
          settings={settings}
          disabled={batch.sending}
          onChange={(next) => {
            setSettings(next);
            batch.changed();
          }}
        />
      </section>
      <div className="flex min-w-0 flex-col gap-4">
        <Outcome phase={phase} textOnly={settings.textOnly} onStop={batch.stop} />
        <StartBar
          jobId={draft.current?.jobId ?? null}
          videos={cost?.videos ?? 0}
          estimate={
            cost &&
            tb.estimate(
              cost.videos,
              cost.dollars === null || cost.dollars === 0 ? tb.free : money(cost.dollars),
              duration(cost.seconds),
            )
          }
          canStart={checked !== null && !checked.stale && (cost?.videos ?? 0) > 0}
          canCheck={batch.canSend}
          checked={checked !== null}
          onCheck={check}
          onStarted={onStarted}
        />
        {!batch.canSend && phase.is === "idle" && (
          <p className="text-center text-faint text-xs">{tb.nothing}</p>
        )}
      </div>
    </div>
  );
}
