import { History, LoaderCircle, Sparkles } from "lucide-react";
import { type Ref, useState } from "react";
import type { ProviderView } from "@/api";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Segments } from "@/components/ui/segments";
import { money } from "@/lib/format";
import { sendKeys } from "@/lib/keyboard";
import { studioStrings } from "@/strings/studio";
import { ComposeSettings } from "./compose-settings";
import { StartImage } from "./start-image";
import { priceOf, type Start, type StudioForm } from "./studio-form";
import { faultOf, useMake } from "./use-make";

type Props = {
  providers: readonly ProviderView[];
  form: StudioForm;
  start: Start | null;
  history: readonly string[];
  words: Ref<HTMLTextAreaElement>;
  onForm: (form: StudioForm) => void;
  onStart: (start: Start | null) => void;
  onBegun: (prompt: string) => void;
};

const MOST_IN_MENU = 12;

/** The panel in which one video is asked for. */
export function Compose({ providers, form, start, history, words, onForm, onStart, onBegun }: Props) {
  const [tried, setTried] = useState(false);
  const make = useMake((prompt) => {
    setTried(false);
    onBegun(prompt);
  });
  const provider = providers.find((each) => each.id === form.provider);
  const price = priceOf(form, provider);
  const noPrompt = tried && !form.prompt.trim() ? studioStrings.promptMissing : undefined;
  const noImage = tried && form.mode === "image" && !start ? studioStrings.imageMissing : undefined;
  const file = start?.kind === "file" ? [start.file.name] : [];
  const set = (change: Partial<StudioForm>) => {
    make.reset();
    onForm({ ...form, ...change });
  };
  function go(): void {
    setTried(true);
    if (form.prompt.trim() && (form.mode === "text" || start) && !make.isPending)
      make.mutate({ form, start });
  }
  return (
    <section
      aria-labelledby="compose"
      className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4 lg:sticky lg:top-16 lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto"
    >
      <h2 id="compose" className="sr-only">
        {studioStrings.compose}
      </h2>
      <Segments
        label={studioStrings.from}
        hideLabel
        value={form.mode}
        options={[
          { value: "text", label: studioStrings.fromText },
          { value: "image", label: studioStrings.fromImage },
        ]}
        onChange={(mode) => set({ mode })}
      />
      {form.mode === "image" && (
        <StartImage
          start={start}
          error={noImage ?? faultOf(make.error, "image", "start_frame_video_id", ...file)}
          onChange={(next) => {
            make.reset();
            onStart(next);
          }}
        />
      )}
      <Field
        label={studioStrings.prompt}
        hint={studioStrings.promptHint(sendKeys())}
        error={noPrompt ?? faultOf(make.error, "prompt")}
        aside={history.length > 0 && <Earlier history={history} onPick={(prompt) => set({ prompt })} />}
      >
        {(ids) => (
          <Textarea
            {...ids}
            ref={words}
            rows={5}
            placeholder={studioStrings.promptPlaceholder}
            value={form.prompt}
            onChange={(event) => set({ prompt: event.target.value })}
            onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && go()}
          />
        )}
      </Field>
      <ComposeSettings
        providers={providers}
        provider={provider}
        form={form}
        fault={(...fields) => faultOf(make.error, ...fields)}
        onChange={set}
      />
      <div className="flex items-center gap-3">
        <Button kind="primary" size="lg" className="flex-1" disabled={make.isPending} onClick={go}>
          {make.isPending ? <LoaderCircle className="animate-spin" /> : <Sparkles />}
          {make.isPending ? studioStrings.making : studioStrings.make}
        </Button>
        {price !== null && (
          <span className="tnum text-muted text-sm">
            {price > 0 ? studioStrings.price(money(price)) : studioStrings.free}
          </span>
        )}
      </div>
    </section>
  );
}

function Earlier({ history, onPick }: { history: readonly string[]; onPick: (prompt: string) => void }) {
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="sm" className="-my-1">
          <History />
          {studioStrings.history}
        </Button>
      }
    >
      <div className="max-h-80 w-80 max-w-[80vw] overflow-y-auto">
        {history.slice(0, MOST_IN_MENU).map((prompt) => (
          <MenuItem key={prompt} onSelect={() => onPick(prompt)}>
            <span className="line-clamp-2 break-words">{prompt}</span>
          </MenuItem>
        ))}
      </div>
    </Menu>
  );
}
