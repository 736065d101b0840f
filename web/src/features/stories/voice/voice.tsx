import { useQuery } from "@tanstack/react-query";
import { Mic, Pause, Play } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Failed, Nothing } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import { changeStory } from "@/features/stories/edits";
import { RunButton } from "@/features/stories/run-button";
import type { TabProps } from "@/features/stories/tabs";
import { keys, useEdit } from "@/features/stories/use-story";
import { VoicePicker } from "@/features/stories/voice-picker";
import { voiceStrings as words } from "@/strings/story-voice";
import { Pronunciations } from "./pronunciations";
import { SectionVoice } from "./section-voice";
import { Speed } from "./speed";
import { usePlayer } from "./use-player";

/** The voice-over: whole and by section. */
export function Tab({ story }: TabProps) {
  const edit = useEdit(story.story_id);
  const speech = useQuery({
    queryKey: keys.speech(story.story_id),
    queryFn: () => api.readSpeech(story.story_id),
    placeholderData: (before) => before,
  });
  const player = usePlayer(speech.data ?? []);
  const { sections, voice, language } = story.document;
  const first = speech.data?.find((each) => each.pieces.length > 0);
  if (sections.length === 0) {
    return (
      <Nothing icon={Mic} title={words.empty} text={words.emptyText}>
        <RunButton story={story} until="script" />
      </Nothing>
    );
  }
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-x-8 gap-y-6 px-4 py-5 sm:px-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <section aria-label={words.sections} className="flex min-w-0 flex-col gap-3 max-lg:order-2">
        <div className="flex flex-wrap items-center gap-2">
          <Button
            disabled={!first}
            onClick={() =>
              player.playing ? player.keys.pause() : first && player.keys.play(first.section_id, 0, true)
            }
          >
            {player.playing ? <Pause /> : <Play />}
            {player.playing ? words.pause : words.playAll}
          </Button>
          <RunButton story={story} until="voice" kind="plain" />
        </div>
        {speech.isError && !speech.data && <Failed error={speech.error} onRetry={() => speech.refetch()} />}
        {sections.map((section, place) => (
          <SectionVoice
            key={section.id}
            story={story}
            section={section}
            number={place + 1}
            speech={speech.data?.find((each) => each.section_id === section.id)}
            time={player.place?.sectionId === section.id ? player.place.time : null}
            playing={player.playing && player.place?.sectionId === section.id}
            player={player.keys}
          />
        ))}
      </section>
      <aside className="flex min-w-0 flex-col gap-6 lg:sticky lg:top-16">
        <section className="flex flex-col gap-3">
          <h2 className="font-semibold text-sm">{words.film}</h2>
          <VoicePicker
            language={language}
            value={{ provider: voice.provider, voice: voice.voice }}
            speed={voice.speed}
            empty={words.automatic}
            onChange={(next) => edit.mutate(changeStory({ voice: { ...next, model: "" } }))}
          />
          <Speed value={voice.speed} onChange={(speed) => edit.mutate(changeStory({ voice: { speed } }))} />
        </section>
        <Pronunciations story={story} />
      </aside>
    </div>
  );
}
