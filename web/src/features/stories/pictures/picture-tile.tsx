import { ChevronLeft, ChevronRight, Ellipsis, ImageIcon } from "lucide-react";
import type { PictureView } from "@/api";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { Section, Story } from "@/features/stories/document";
import { useEdit } from "@/features/stories/use-story";
import { storiesStrings } from "@/strings/stories";
import { pictureStrings as words } from "@/strings/story-pictures";
import { changePicture, dropPicture, movePicture, shiftPicture } from "./choose";
import { Licence } from "./licence";

type Props = {
  story: Story;
  section: Section;
  number: number;
  place: number;
  picture: PictureView;
  share: number;
  dragData: { type: string; value: string } | null;
};

/** A picture that is shown, with what can be done with it when a person has chosen it. */
export function PictureTile({ story, section, number, place, picture, share, dragData }: Props) {
  const edit = useEdit(story.story_id);
  const name = words.picture(place + 1, number);
  const { length } = section.pictures;
  const others = story.document.sections.filter((each) => each.id !== section.id);
  return (
    <div className="w-40">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu beside it does the same by keys */}
      <div
        draggable={dragData !== null}
        onDragStart={(event) => dragData && event.dataTransfer.setData(dragData.type, dragData.value)}
        className="grid h-28 w-40 place-items-center overflow-hidden rounded-lg border border-line bg-well"
      >
        {picture.url && picture.media_type?.startsWith("video/") ? (
          <video
            src={picture.url}
            muted
            playsInline
            preload="metadata"
            aria-label={name}
            className="size-full object-contain"
          />
        ) : picture.url ? (
          <img src={picture.url} alt={name} loading="lazy" className="size-full object-contain" />
        ) : (
          <span className="flex flex-col items-center gap-1 text-2xs text-faint">
            <ImageIcon className="size-4" />
            {storiesStrings.parts[picture.state]}
          </span>
        )}
      </div>
      <div className="flex items-start gap-1">
        <div className="min-w-0 flex-1 pt-1">
          <Licence source={picture.provider} attribution={picture.attribution} />
        </div>
        {dragData && (
          <Menu
            trigger={
              <Button kind="ghost" size="icon-sm" aria-label={name}>
                <Ellipsis />
              </Button>
            }
          >
            <MenuItem disabled={place === 0} onSelect={() => edit.mutate(shiftPicture(section, place, -1))}>
              <ChevronLeft />
              {words.left}
            </MenuItem>
            <MenuItem
              disabled={place === length - 1}
              onSelect={() => edit.mutate(shiftPicture(section, place, 1))}
            >
              <ChevronRight />
              {words.right}
            </MenuItem>
            {others.map((each) => (
              <MenuItem
                key={each.id}
                onSelect={() => {
                  const change = movePicture(story.document, section.id, place, each.id);
                  if (change) edit.mutate(change);
                }}
              >
                <span className="truncate">
                  {words.moveTo} {story.document.sections.indexOf(each) + 1}: {each.heading}
                </span>
              </MenuItem>
            ))}
            <MenuItem danger onSelect={() => edit.mutate(dropPicture(section, place))}>
              {length === 1 ? words.backToAutomatic : words.remove}
            </MenuItem>
          </Menu>
        )}
      </div>
      {dragData && length > 1 && (
        <label className="mt-1 flex items-center gap-2 text-2xs text-faint">
          <span className="sr-only">
            {words.share}, {name}
          </span>
          <input
            type="range"
            min={0.25}
            max={4}
            step={0.25}
            value={picture.share}
            aria-valuetext={`${Math.round(100 * share)}%`}
            className="min-w-0 flex-1"
            onChange={(event) =>
              edit.mutate(changePicture(section, place, { share: Number(event.target.value) }))
            }
          />
          <span className="tnum">{Math.round(100 * share)}%</span>
        </label>
      )}
    </div>
  );
}
