import { useMutation } from "@tanstack/react-query";
import { LoaderCircle, Mic, Pause, Play, RefreshCw, Square, Upload } from "lucide-react";
import { memo, type ReactNode, useRef } from "react";
import { toast } from "sonner";
import type { SectionSpeech } from "@/api";
import { Button } from "@/components/ui/button";
import { Toggle } from "@/components/ui/field";
import * as api from "@/features/stories/api";
import { PartMark } from "@/features/stories/badges";
import type { Section, Story } from "@/features/stories/document";
import { another, changeSection } from "@/features/stories/edits";
import { partOf } from "@/features/stories/parts";
import { useChoices } from "@/features/stories/use-providers";
import { useEdit } from "@/features/stories/use-story";
import { speechPrice, VoicePicker } from "@/features/stories/voice-picker";
import { cn } from "@/lib/cn";
import { said } from "@/lib/problem";
import { voiceStrings as words } from "@/strings/story-voice";
import { Speed } from "./speed";
import type { PlayerKeys } from "./use-player";
import { useRecorder } from "./use-recorder";
import { Wave } from "./wave";

type Props = {
  story: Story;
  section: Section;
  number: number;
  speech: SectionSpeech | undefined;
  /** Where it plays, seconds; null: it does not. */
  time: number | null;
  playing: boolean;
  player: PlayerKeys;
};

/** The speech of one section: seen, heard from any word, spoken by another voice, or recorded. */
export const SectionVoice = memo(function SectionVoice(props: Props) {
  const { story, section, number, speech, time, playing, player } = props;
  const part = partOf(story, "voice", section.id);
  const there = speech && speech.pieces.length > 0;
  return (
    <article className="rounded-xl border border-line bg-surface p-3 sm:p-4">
      <div className="flex items-center gap-2">
        <Button
          kind="ghost"
          size="icon"
          disabled={!there}
          aria-label={playing ? words.pauseSection(number) : words.play(number)}
          onClick={() => (playing ? player.pause() : player.play(section.id))}
        >
          {playing ? <Pause /> : <Play />}
        </Button>
        <h2 className="min-w-0 flex-1 truncate font-medium">
          {section.heading || section.narration.slice(0, 60)}
        </h2>
        {speech?.seconds && <span className="tnum text-faint text-xs">{words.length(speech.seconds)}</span>}
        {part && <PartMark part={part} quiet />}
      </div>
      {there ? (
        <>
          <Wave speech={speech} number={number} time={time} onSeek={(at) => player.play(section.id, at)} />
          <p lang={story.document.language} className="mt-2 flex flex-wrap gap-y-0.5 leading-relaxed">
            {speech.words.map((each, place) => (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: words repeat; their place is what they are
                key={place}
                type="button"
                title={words.from(each.text)}
                className={cn(
                  "min-h-6 min-w-6 rounded px-0.5 text-center hover:bg-raised",
                  time !== null && each.start <= time && time < each.end && "bg-accent-soft text-accent-text",
                )}
                onClick={() => player.play(section.id, each.start)}
              >
                {each.text}
              </button>
            ))}
          </p>
        </>
      ) : (
        <p lang={story.document.language} className="mt-1 text-muted">
          {section.narration || words.silent}
          {section.narration && part?.state !== "there" && (
            <span className="block text-faint text-xs">{words.missing}</span>
          )}
        </p>
      )}
      <Own story={story} section={section} speech={speech} />
    </article>
  );
});

function Own({ story, section, speech }: Pick<Props, "story" | "section" | "speech">) {
  const edit = useEdit(story.story_id);
  const set = (change: Record<string, unknown>) => edit.mutate(changeSection(section.id, change));
  const film = story.document.voice;
  const own = section.voice;
  const price = speechPrice(useChoices("voice"), own?.provider || film.provider, section.narration.length);
  return (
    <details className="mt-2" open={own !== null || section.recording !== ""}>
      <summary className="w-fit rounded text-muted text-sm hover:text-text">{words.own}</summary>
      <div className="mt-3 grid gap-3 sm:grid-cols-[minmax(0,1fr)_12rem]">
        <VoicePicker
          label={words.ownVoice}
          language={story.document.language}
          value={own ? { provider: own.provider, voice: own.voice } : { provider: "", voice: "" }}
          speed={own?.speed ?? film.speed}
          empty={words.asFilm}
          onChange={(next) =>
            set({ voice: next.voice ? { ...next, model: "", speed: own?.speed ?? film.speed } : null })
          }
        />
        <Speed
          value={own?.speed ?? film.speed}
          onChange={(speed) =>
            set({ voice: own ? { speed } : { provider: film.provider, voice: film.voice, speed } })
          }
        />
        <div className="flex flex-wrap items-center gap-2 sm:col-span-2">
          <Recording story={story} section={section} onKey={(recording) => set({ recording })} />
          {!section.recording && section.narration && (
            <Button
              size="sm"
              title={words.anotherHint}
              onClick={() => edit.mutate(another(section.id, "speech"))}
            >
              <RefreshCw />
              {words.another} · {price}
            </Button>
          )}
          {speech?.times && <span className="text-faint text-xs">{words.times[speech.times]}</span>}
        </div>
        <Toggle
          label={words.mute}
          checked={section.muted}
          onChange={(event) => set({ muted: event.target.checked })}
        />
      </div>
    </details>
  );
}

type RecordingProps = { story: Story; section: Section; onKey: (key: string) => void };

/** A person's own reading of the section: from the microphone, or a file. */
function Recording({ story, section, onKey }: RecordingProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: (file: File) => api.uploadFile(story.story_id, file, "recording", section.narration),
    onSuccess: (stored) => onKey(stored.key),
    onError: (error) => toast.error(said(error)),
  });
  const recorder = useRecorder(
    (file) => send.mutate(file),
    () => toast.error(words.noMicrophone),
  );
  if (section.recording) {
    return (
      <>
        <span className="text-sm">{words.recorded}</span>
        <Button size="sm" onClick={() => onKey("")}>
          {words.useVoice}
        </Button>
      </>
    );
  }
  if (!section.narration) return null;
  if (recorder.seconds !== null) {
    return (
      <Button size="sm" kind="danger" onClick={recorder.stop}>
        <Square />
        {words.recording(recorder.seconds)}
      </Button>
    );
  }
  return (
    <>
      <Button
        size="sm"
        disabled={send.isPending}
        title={words.recordHint}
        onClick={() => void recorder.start()}
      >
        {send.isPending ? <LoaderCircle className="animate-spin" /> : <Mic />}
        {send.isPending ? words.uploading : words.record}
      </Button>
      <Button size="sm" disabled={send.isPending} onClick={() => input.current?.click()}>
        <Upload />
        {words.upload}
      </Button>
      <input
        ref={input}
        type="file"
        accept="audio/*,video/webm"
        aria-label={words.upload}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) send.mutate(file);
        }}
      />
    </>
  );
}
