import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import * as api from "@/features/stories/api";
import type { Section, Story } from "@/features/stories/document";
import { useEdit } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { pictureStrings as words } from "@/strings/story-pictures";
import { addPicture, uploaded } from "./choose";

/** Sends a person's own pictures and clips, and shows them in the section. */
export function useFiles(story: Story, section: Section) {
  const edit = useEdit(story.story_id);
  const send = useMutation({
    mutationFn: async (files: File[]) => {
      let shown = section;
      for (const file of files) {
        const stored = await api.uploadFile(story.story_id, file, "picture");
        const change = addPicture(shown, uploaded(stored));
        await edit.mutateAsync(change);
        shown = change.apply({ ...story.document, sections: [shown] }).sections[0] ?? shown;
        toast.success(words.uploaded(file.name));
      }
    },
    onError: (error) => toast.error(said(error)),
  });
  return { busy: send.isPending, send: (files: File[]) => files.length > 0 && send.mutate(files) };
}
