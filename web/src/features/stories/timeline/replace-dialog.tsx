import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/states";
import { readPictures, uploadFile } from "@/features/stories/api";
import type { Picture } from "@/features/stories/document";
import { chosenPictures, replacePicture, samePicture } from "@/features/stories/film-edits";
import type { FilmScene } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { thumbUrl } from "@/features/stories/film-thumbs";
import { keys } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;
const PLAIN = { upload: null, found: null, generated: null, share: 1, move: null, start_seconds: 0 };

type Props = { room: FilmRoom; scene: FilmScene; onClose: () => void };

/** Choose another picture for a scene: one of the story, one that was found for it, or a file. */
export function ReplaceDialog({ room, scene, onClose }: Props) {
  const { edits, preview, story } = room;
  const { data: found } = useQuery({
    queryKey: keys.pictures(story.story_id),
    queryFn: () => readPictures(story.story_id),
  });
  const file = useRef<HTMLInputElement>(null);
  function put(picture: Picture): void {
    edits.apply(replacePicture(edits.document, preview, scene, picture), "Replaced a picture.");
    onClose();
  }
  const upload = useMutation({
    mutationFn: (given: File) => uploadFile(story.story_id, given, "picture"),
    onSuccess: (made) =>
      put({
        ...PLAIN,
        upload: {
          key: made.key,
          media_type: made.media_type,
          width: made.width ?? 1,
          height: made.height ?? 1,
          name: made.name ?? "",
        },
      } as unknown as Picture),
    onError: (error) => toast.error(said(error)),
  });
  const candidates = (found?.find((each) => each.section_id === scene.sectionId)?.candidates ?? []).filter(
    (each) => each.preview_url,
  );
  const others = picturesOf(room).filter(({ name }) => name !== scene.name);
  return (
    <Dialog
      open
      onClose={onClose}
      title={tt.replaceTitle}
      text={tt.replaceText}
      footer={
        <Button kind="primary" disabled={upload.isPending} onClick={() => file.current?.click()}>
          {upload.isPending ? tt.uploading : tt.upload}
        </Button>
      }
    >
      <input
        ref={file}
        type="file"
        accept="image/*,video/mp4"
        aria-label={tt.upload}
        className="hidden"
        onChange={(event) => {
          const given = event.target.files?.[0];
          if (given) upload.mutate(given);
          event.target.value = "";
        }}
      />
      {!found && <Skeleton className="h-24" />}
      <Choices
        title={tt.candidates}
        choices={candidates.map((each) => ({
          key: each.id,
          label: each.title || each.id,
          url: each.preview_url ?? "",
          choose: () => put({ ...PLAIN, found: each } as unknown as Picture),
        }))}
      />
      <Choices
        title={tt.others}
        choices={others.map(({ name, label, picture }) => ({
          key: name,
          label,
          url: thumbUrl(story.story_id, name, preview.shape),
          choose: () => put({ ...picture, move: null }),
        }))}
      />
    </Dialog>
  );
}

/** Every picture of the story once, with what it is as an entry of a section. */
function picturesOf({ edits, preview, film }: FilmRoom) {
  const found: { name: string; label: string; picture: Picture }[] = [];
  for (const scene of film.scenes) {
    const section = edits.document.sections.find((each) => each.id === scene.sectionId);
    const picture = section && chosenPictures(section, preview)?.[scene.number];
    if (!scene.name || !picture || found.some((each) => samePicture(each.picture, picture))) continue;
    found.push({ name: scene.name, label: section.heading || section.narration.slice(0, 40), picture });
  }
  return found;
}

type Choice = { key: string; label: string; url: string; choose: () => void };

function Choices({ title, choices }: { title: string; choices: Choice[] }) {
  if (choices.length === 0) return null;
  return (
    <section>
      <h3 className="mb-2 font-medium text-sm">{title}</h3>
      <ul className="grid grid-cols-3 gap-2 sm:grid-cols-4">
        {choices.map(({ key, label, url, choose }) => (
          <li key={key}>
            <button
              type="button"
              onClick={choose}
              className="w-full overflow-hidden rounded-md border border-line text-left hover:border-line-strong"
            >
              <img src={url} alt="" loading="lazy" className="h-24 w-full bg-well object-cover" />
              <span className="block truncate px-1 py-0.5 text-2xs">{label}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
