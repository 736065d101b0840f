import { useQuery } from "@tanstack/react-query";
import { LoaderCircle, Square, Volume2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { ListedVoice } from "@/api";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { money } from "@/lib/format";
import { said } from "@/lib/problem";
import { voiceStrings as words } from "@/strings/story-voice";
import * as api from "./api";
import { type Choice, useChoices } from "./use-providers";

export type Chosen = { provider: string; voice: string };

const PREVIEW_CHARACTERS = 80;
const AGAIN_MS = 400;
const MOST_WAITS = 300;

type Props = {
  label?: string;
  language: string;
  value: Chosen;
  speed: number;
  /** What the empty choice is called. */
  empty: string;
  error?: string | undefined;
  onChange: (value: Chosen) => void;
};

/** A voice that speaks a language, with a button to hear it. */
export function VoicePicker({ label = words.voice, language, value, speed, empty, error, onChange }: Props) {
  const voices = useQuery({
    queryKey: ["stories", "voices", language],
    queryFn: () => api.readVoices(language),
    staleTime: 300_000,
  });
  const providers = useChoices("voice");
  const listed = voices.data?.voices ?? [];
  const groups = [...new Set(listed.map((each) => each.provider))].map(
    (provider) => [provider, listed.filter((each) => each.provider === provider)] as const,
  );
  /** That a service without a key has no voices is no trouble. */
  const isNews = ({ source }: { source: string }) =>
    providers.some((each) => each.id === source && each.ready);
  const known = !value.voice || listed.some((each) => key(each) === key(value));
  return (
    <div className="flex min-w-0 items-start gap-1.5">
      <div className="min-w-0 flex-1">
        <Field label={label} error={error}>
          {(ids) => (
            <Select
              {...ids}
              value={value.voice ? key(value) : ""}
              onChange={(event) => {
                const found = listed.find((each) => key(each) === event.target.value);
                onChange(found ? { provider: found.provider, voice: found.voice } : NONE);
              }}
            >
              <option value="">{empty}</option>
              {!known && <option value={key(value)}>{value.voice}</option>}
              {groups.map(([provider, own]) => (
                <optgroup key={provider} label={groupName(providers, provider, own)}>
                  {own.map((each) => (
                    <option key={key(each)} value={key(each)}>
                      {each.sex ? `${each.title} (${each.sex})` : each.title}
                    </option>
                  ))}
                </optgroup>
              ))}
            </Select>
          )}
        </Field>
        {voices.data?.troubles.filter(isNews).map((each) => (
          <p key={each.source} className="mt-1 text-wait text-xs">
            {words.some(each.source, each.message)}
          </p>
        ))}
      </div>
      <Listen language={language} value={value} speed={speed} price={priceOf(providers, listed, value)} />
    </div>
  );
}

const NONE: Chosen = { provider: "", voice: "" };
const key = (each: Chosen): string => `${each.provider}/${each.voice}`;

function groupName(providers: readonly Choice[], id: string, own: readonly ListedVoice[]): string {
  const title = providers.find((each) => each.id === id)?.title ?? id;
  return own.every((each) => each.free) ? `${title} · ${words.free}` : title;
}

/** What hearing a voice costs, in words. */
function priceOf(providers: readonly Choice[], listed: readonly ListedVoice[], value: Chosen): string {
  const found = listed.find((each) => key(each) === key(value));
  if (!value.voice || found?.free) return words.free;
  return speechPrice(providers, value.provider, PREVIEW_CHARACTERS);
}

/** What it costs to have so many characters spoken, in words. */
export function speechPrice(providers: readonly Choice[], provider: string, characters: number): string {
  const model = providers.find((each) => each.id === provider)?.models[0];
  const cost = (Number(model?.price_per_million_characters ?? 0) * characters) / 1_000_000;
  return cost > 0 ? money(cost) : words.free;
}

type ListenProps = { language: string; value: Chosen; speed: number; price: string };

/** Plays a sentence in the voice; the same one is made once. */
function Listen({ language, value, speed, price }: ListenProps) {
  const [state, setState] = useState<"idle" | "waiting" | "playing">("idle");
  const audio = useRef<HTMLAudioElement | null>(null);
  const asked = useRef(0);
  useEffect(
    () => () => {
      asked.current += 1;
      audio.current?.pause();
    },
    [],
  );
  function stop(): void {
    asked.current += 1;
    audio.current?.pause();
    setState("idle");
  }
  async function play(): Promise<void> {
    asked.current += 1;
    const own = asked.current;
    setState("waiting");
    try {
      let job = await api.previewVoice({ ...named(value), language, speed });
      for (let waits = 0; !job.result && job.status !== "FAILED" && waits < MOST_WAITS; waits += 1) {
        await new Promise((done) => setTimeout(done, AGAIN_MS));
        if (asked.current !== own) return;
        job = await api.readSpeechJob(job.jobId);
      }
      if (asked.current !== own) return;
      if (!job.result) {
        toast.error(job.error?.message ?? words.failed);
        return setState("idle");
      }
      audio.current = new Audio(`/api/tts/${job.jobId}/content`);
      audio.current.addEventListener("ended", () => setState("idle"));
      await audio.current.play();
      setState("playing");
    } catch (error) {
      if (asked.current !== own) return;
      toast.error(error instanceof DOMException ? words.failed : said(error));
      setState("idle");
    }
  }
  const name = state === "idle" ? words.preview(price) : state === "waiting" ? words.listening : words.stop;
  return (
    <Button
      size="icon"
      className="mt-6"
      aria-label={name}
      title={name}
      onClick={() => (state === "idle" ? void play() : stop())}
    >
      {state === "waiting" ? (
        <LoaderCircle className="animate-spin" />
      ) : state === "playing" ? (
        <Square />
      ) : (
        <Volume2 />
      )}
    </Button>
  );
}

function named({ provider, voice }: Chosen): Partial<Chosen> {
  return voice ? { provider, voice } : {};
}
