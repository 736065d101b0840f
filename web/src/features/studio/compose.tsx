import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { History, LoaderCircle, Sparkles } from "lucide-react";
import { type Ref, useState } from "react";
import type { ProviderView } from "@/api";
import { explainRouteOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Segments } from "@/components/ui/segments";
import { sendKeys } from "@/lib/keyboard";
import { priceWords, useReadiness } from "@/lib/readiness";
import { moneyStrings } from "@/strings/money";
import { studioStrings } from "@/strings/studio";
import { ComposeSettings } from "./compose-settings";
import { MoreImagesField } from "./more-images";
import { StartImage } from "./start-image";
import { type MoreImages, modeOf, NO_MORE, priceOf, type Start, type StudioForm, takes } from "./studio-form";
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
  const readiness = useReadiness();
  const [more, setMore] = useState<MoreImages>(NO_MORE);
  const mode = modeOf(form, more);
  const route = useQuery({
    ...explainRouteOptions({
      query: {
        aspect_ratio: form.aspect,
        resolution: form.resolution,
        duration_seconds: Number(form.duration),
        mode: [mode],
      },
    }),
    enabled: !provider,
    placeholderData: keepPreviousData,
  }).data;
  const maker = provider ?? providers.find((each) => each.id === route?.provider);
  const one = provider ? priceOf(form, provider) : route ? routePrice(route.price_per_video, maker) : null;
  const price = one === null ? null : one * form.count;
  const ready = !maker || readiness(maker) === "ready";
  const noPrompt = tried && !form.prompt.trim() ? studioStrings.promptMissing : undefined;
  const noImage =
    tried && form.mode === "image" && !start && more.references.length === 0
      ? studioStrings.imageMissing
      : undefined;
  const file = start?.kind === "file" ? [start.file.name] : [];
  const set = (change: Partial<StudioForm>) => {
    make.reset();
    onForm({ ...form, ...change });
  };
  function go(): void {
    setTried(true);
    if (
      form.prompt.trim() &&
      (form.mode === "text" || start || more.references.length > 0) &&
      ready &&
      !make.isPending
    )
      make.mutate({ form, start, more });
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
      {form.mode === "image" && (
        <MoreImagesField
          more={more}
          canLast={takes(provider, "first_last_frame")}
          canReferences={takes(provider, "references")}
          onChange={setMore}
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
        route={route}
        readiness={readiness}
        form={form}
        fault={(...fields) => faultOf(make.error, ...fields)}
        onChange={set}
      />
      <Button kind="primary" size="lg" disabled={make.isPending || !ready} onClick={go}>
        {make.isPending ? <LoaderCircle className="animate-spin" /> : <Sparkles />}
        {make.isPending ? studioStrings.making : moneyStrings.button(studioStrings.make, priceWords(price))}
      </Button>
      {maker && <p className="-mt-2 text-center text-faint text-xs">{moneyStrings.by(maker.title)}</p>}
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

/** The price of a route: what needs a key or an account and has no price here is not free. */
function routePrice(price: string, maker: ProviderView | undefined): number | null {
  return Number(price) === 0 && maker?.needs ? null : Number(price);
}
