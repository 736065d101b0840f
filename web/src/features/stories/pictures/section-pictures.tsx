import { ImagePlus, Search, Sparkles, Upload } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import type { Candidate, SectionPictures } from "@/api";
import { Button } from "@/components/ui/button";
import { PartMark } from "@/features/stories/badges";
import type { Section, Story } from "@/features/stories/document";
import { another } from "@/features/stories/edits";
import { partOf } from "@/features/stories/parts";
import { pictureWords, useChoices } from "@/features/stories/use-providers";
import { useEdit } from "@/features/stories/use-story";
import { cn } from "@/lib/cn";
import { storiesStrings } from "@/strings/stories";
import { pictureStrings as words } from "@/strings/story-pictures";
import { CandidateTile } from "./candidate";
import { addPicture, found, movePicture, secondsOf } from "./choose";
import { FindDialog } from "./find-dialog";
import { GenerateDialog } from "./generate-dialog";
import { PictureTile } from "./picture-tile";
import { useFiles } from "./use-files";

const PICTURE = "application/x-rushes-picture";
const CANDIDATE = "application/x-rushes-candidate";

type Props = { story: Story; section: Section; number: number; given: SectionPictures | undefined };

/** What a section shows, and what else it could. Pictures are dropped here from other sections and from outside. */
export function SectionBox({ story, section, number, given }: Props) {
  const edit = useEdit(story.story_id);
  const files = useFiles(story, section);
  const [over, setOver] = useState(false);
  const [dialog, setDialog] = useState<"find" | "generate" | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const part = partOf(story, "pictures", section.id);
  const shown = given?.pictures ?? [];
  const seconds = secondsOf(shown, 1);
  const painters = useChoices("picture");
  const price = pictureWords(
    painters.find((each) => each.id === shown[0]?.provider),
    storiesStrings.cost.free,
  );
  const use = (candidate: Candidate) => edit.mutate(addPicture(section, found(candidate)));

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const moved = event.dataTransfer.getData(PICTURE);
    const dropped = event.dataTransfer.getData(CANDIDATE);
    if (moved) {
      const [from = "", place = "0"] = moved.split("/");
      const change = movePicture(story.document, from, Number(place), section.id);
      if (change) edit.mutate(change);
    } else if (dropped) use(JSON.parse(dropped) as Candidate);
    else files.send([...event.dataTransfer.files]);
  }
  return (
    <article
      aria-label={section.heading || words.picture(number, number)}
      data-section={section.id}
      className={cn(
        "rounded-xl border border-line bg-surface p-3 sm:p-4",
        over && "border-accent-text bg-accent-soft/30",
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onPaste={(event) => {
        const pasted = [...event.clipboardData.files];
        if (pasted.length === 0) return;
        event.preventDefault(); // else the whole page takes it too, for a new job
        files.send(pasted);
      }}
    >
      <div className="flex items-center gap-2">
        <span className="tnum text-faint text-sm">{number}</span>
        <h2 className="min-w-0 flex-1 truncate font-medium">
          {section.heading || section.narration.slice(0, 60)}
        </h2>
        <span className="text-faint text-xs max-sm:hidden">
          {section.pictures.length > 0 ? words.chosen : words.automatic}
        </span>
        {part && <PartMark part={part} quiet />}
      </div>
      <ul className="mt-3 flex flex-wrap gap-3">
        {shown.map((each, place) => (
          <li key={`${each.hash}-${String(place)}`}>
            <PictureTile
              story={story}
              section={section}
              number={number}
              place={place}
              picture={each}
              share={seconds[place] ?? 1}
              dragData={section.pictures[place] ? { type: PICTURE, value: `${section.id}/${place}` } : null}
            />
          </li>
        ))}
        <li>
          <button
            type="button"
            className="grid h-28 w-40 place-items-center rounded-lg border border-line-strong border-dashed px-2 text-center text-faint text-xs hover:text-text"
            onClick={() => input.current?.click()}
          >
            <span className="flex flex-col items-center gap-1">
              {files.busy ? <Upload className="size-4 animate-pulse" /> : <ImagePlus className="size-4" />}
              {files.busy ? words.uploading : words.dropHere}
            </span>
          </button>
          <input
            ref={input}
            type="file"
            multiple
            accept="image/*,video/*"
            aria-label={`${words.add}, ${words.picture(shown.length + 1, number)}`}
            className="hidden"
            onChange={(event) => {
              files.send([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
        </li>
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" onClick={() => setDialog("find")}>
          <Search />
          {words.search}
        </Button>
        <Button size="sm" onClick={() => setDialog("generate")}>
          <Sparkles />
          {words.generate}
        </Button>
        {section.pictures.length === 0 && (
          <Button size="sm" onClick={() => edit.mutate(another(section.id, "picture"))}>
            {words.another}
            {price && <span className="font-normal text-muted">· {price}</span>}
          </Button>
        )}
      </div>
      {given && given.candidates.length > 0 && (
        <div className="mt-3">
          <h3 className="text-faint text-xs">{words.candidates}</h3>
          <ul className="mt-1 flex gap-2 overflow-x-auto pb-1">
            {given.candidates.slice(0, 12).map((each) => (
              <li key={`${each.provider}/${each.id}`} className="shrink-0">
                <CandidateTile
                  document={story.document}
                  candidate={each}
                  dragType={CANDIDATE}
                  onUse={() => use(each)}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
      {dialog === "find" && (
        <FindDialog
          story={story}
          section={section}
          number={number}
          onUse={use}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "generate" && (
        <GenerateDialog story={story} section={section} number={number} onClose={() => setDialog(null)} />
      )}
    </article>
  );
}
