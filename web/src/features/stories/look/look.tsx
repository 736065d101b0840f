import { Film as FilmIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Field, Input, Select, Toggle } from "@/components/ui/field";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import type { Doc } from "@/features/stories/document";
import { type FilmRoom, useFilmRoom } from "@/features/stories/film-room";
import { Player } from "@/features/stories/player";
import type { TabProps } from "@/features/stories/tabs";
import { useDraft } from "@/features/stories/use-draft";
import { filmStrings } from "@/strings/story-film";
import { Brand } from "./brand";
import { CaptionFields } from "./caption-fields";
import { ColourField, Group } from "./fields";
import { PLATFORMS, type Platform, SafeAreas } from "./safe-areas";
import { WatermarkFields } from "./watermark-fields";

const tl = filmStrings.look;

export function Tab({ story }: TabProps) {
  const { room, error, refetch } = useFilmRoom(story);
  if (error && !room) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!room) return <Skeleton className="m-4 h-96 sm:m-6" />;
  const { empty, emptyText } = filmStrings.timeline;
  if (room.film.scenes.length === 0) return <Nothing icon={FilmIcon} title={empty} text={emptyText} />;
  return <Look room={room} />;
}

/** How the film looks besides its pictures, seen at once. */
function Look({ room }: { room: FilmRoom }) {
  const { edits, player, preview, story } = room;
  const [platform, setPlatform] = useState<Platform>("none");
  const { document } = edits;
  const first = preview.captions[0];
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!first || seen) return;
    setSeen(true);
    if (player.get().frame === 0) player.seek(Math.round((first.start + first.end) / 2)); // where words are
  }, [first, seen, player]);
  const set = (change: Partial<Doc["look"]>, group = "") =>
    edits.apply({ ...document, look: { ...document.look, ...change } }, "Changed the look.", group);
  return (
    <div className="mx-auto grid w-full max-w-[100rem] gap-6 px-4 py-5 sm:px-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex flex-col gap-3 lg:sticky lg:top-4 lg:self-start">
        <Player
          storyId={story.story_id}
          player={player}
          preview={preview}
          className="h-[min(64vh,46rem)]"
          over={<SafeAreas platform={platform} shape={preview.shape} />}
        />
        <div className="mx-auto w-56">
          <Field label={tl.safe}>
            {(ids) => (
              <Select
                {...ids}
                value={platform}
                onChange={(event) => setPlatform(event.target.value as Platform)}
              >
                {PLATFORMS.map((each) => (
                  <option key={each} value={each}>
                    {tl.platforms[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <CaptionFields look={document.look} onChange={set} />
        <Group title={tl.cards}>
          <Toggle
            label={tl.titles}
            checked={document.look.titles}
            onChange={(event) => set({ titles: event.target.checked })}
          />
          {document.look.titles && (
            <Field label={tl.titlePlace}>
              {(ids) => (
                <Select
                  {...ids}
                  value={document.look.title_place}
                  onChange={(event) => set({ title_place: event.target.value as Doc["look"]["title_place"] })}
                >
                  {Object.entries(tl.titlePlaces).map(([place, name]) => (
                    <option key={place} value={place}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <CardFields room={room} name="intro" />
          <CardFields room={room} name="outro" />
          <Toggle
            label={tl.credits}
            hint={tl.creditsHint}
            checked={document.credits}
            onChange={(event) =>
              edits.apply({ ...document, credits: event.target.checked }, "Credits, or none.")
            }
          />
        </Group>
        <Group title={tl.colours}>
          <div className="grid grid-cols-3 gap-2">
            <ColourField
              label={tl.cardColour}
              value={document.look.colour}
              onChange={(colour) => set({ colour }, "colour")}
            />
            <ColourField
              label={tl.background}
              value={document.look.background}
              onChange={(background) => set({ background }, "background")}
            />
            <ColourField
              label={tl.accent}
              value={document.look.accent}
              onChange={(accent) => set({ accent }, "accent")}
            />
          </div>
        </Group>
        <WatermarkFields storyId={story.story_id} watermark={document.look.watermark} onChange={set} />
        <Brand story={story} look={document.look} onUse={(look) => set(look)} />
      </div>
    </div>
  );
}

const EMPTY = { title: "", text: "", seconds: 2.5 };

function CardFields({ room: { edits }, name }: { room: FilmRoom; name: "intro" | "outro" }) {
  const { document } = edits;
  const card = document[name];
  const set = (next: typeof card, group = "") =>
    edits.apply({ ...document, [name]: next }, "Changed a card.", group);
  const label = name === "intro" ? tl.intro : tl.outro;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{label}</legend>
      <Toggle
        label={label}
        checked={card !== null}
        onChange={(event) => set(event.target.checked ? { ...EMPTY, title: document.title } : null)}
      />
      {card && (
        <>
          <Words label={tl.cardTitle} value={card.title} onCommit={(title) => set({ ...card, title })} />
          <Words label={tl.cardText} value={card.text} onCommit={(text) => set({ ...card, text })} />
          <Field label={tl.cardSeconds}>
            {(ids) => (
              <Input
                type="number"
                min={0.5}
                max={30}
                step={0.5}
                {...ids}
                value={card.seconds}
                onChange={(event) => {
                  const seconds = Math.min(Math.max(Number(event.target.value), 0.5), 30);
                  set({ ...card, seconds }, `${name} seconds`);
                }}
              />
            )}
          </Field>
        </>
      )}
    </fieldset>
  );
}

type WordsProps = { label: string; value: string; onCommit: (value: string) => void };

function Words({ label, value, onCommit }: WordsProps) {
  const draft = useDraft(value, (text) => onCommit(text));
  return <Field label={label}>{(ids) => <Input maxLength={300} {...ids} {...draft.field} />}</Field>;
}
