// Changes of which pictures a section shows.
import type { Candidate, PictureView, UploadedFile } from "@/api";
import type { Doc, Edit, Picture, Section } from "@/features/stories/document";
import { changeSection, changeStory } from "@/features/stories/edits";

type Chosen = Record<string, unknown>;

export const found = (candidate: Candidate): Chosen => ({ found: candidate });

/** A file that was sent. Sizes are known of pictures and clips. */
export function uploaded(file: UploadedFile): Chosen {
  return {
    upload: {
      key: file.key,
      media_type: file.media_type,
      width: file.width ?? 1,
      height: file.height ?? 1,
      name: (file.name ?? "").slice(0, 300),
    },
  };
}

export const generated = (provider: string, prompt: string): Chosen => ({ generated: { provider, prompt } });

/** Show one more picture in a section; the first one that is chosen takes the place of the automatic one. */
export function addPicture(section: Section, picture: Chosen): Edit {
  return changeSection(section.id, { pictures: [...section.pictures, picture] });
}

/** Remove one; the last one leaves the choice to Rushes again. */
export function dropPicture(section: Section, place: number): Edit {
  return changeSection(section.id, { pictures: section.pictures.filter((_, at) => at !== place) });
}

/** Change one of them. */
export function changePicture(section: Section, place: number, change: Partial<Picture>): Edit {
  const pictures = section.pictures.map((each, at) => (at === place ? { ...each, ...change } : each));
  return changeSection(section.id, { pictures });
}

/** Put one of them a place earlier or later. */
export function shiftPicture(section: Section, place: number, by: -1 | 1): Edit {
  const pictures = [...section.pictures];
  const [moved] = pictures.splice(place, 1);
  if (moved) pictures.splice(place + by, 0, moved);
  return changeSection(section.id, { pictures });
}

/** Move a chosen picture from one section to another. One edit: nobody sees it twice, or not at all. */
export function movePicture(document: Doc, from: string, place: number, to: string): Edit | null {
  const picture = document.sections.find((each) => each.id === from)?.pictures[place];
  if (!picture || from === to) return null;
  const sections = document.sections.map((each) => {
    if (each.id === from) return { ...each, pictures: each.pictures.filter((_, at) => at !== place) };
    return each.id === to ? { ...each, pictures: [...each.pictures, picture] } : each;
  });
  return changeStory({ sections }, "Picture moved to another section.");
}

/** Whether some section shows this candidate already. */
export function isUsed(document: Doc, candidate: Candidate): boolean {
  return document.sections.some((section) =>
    section.pictures.some(
      ({ found: each }) => each?.id === candidate.id && each.provider === candidate.provider,
    ),
  );
}

/** How long each picture of a section is seen, by their shares. */
export function secondsOf(pictures: readonly Pick<PictureView, "share">[], seconds: number): number[] {
  const whole = pictures.reduce((sum, each) => sum + each.share, 0) || 1;
  return pictures.map((each) => (each.share / whole) * seconds);
}
