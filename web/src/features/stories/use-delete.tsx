import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import type { StoryCard } from "@/api";
import { Confirm } from "@/components/ui/confirm";
import { said } from "@/lib/problem";
import { storiesStrings } from "@/strings/stories";
import * as api from "./api";
import { keys } from "./use-story";

type Named = Pick<StoryCard, "story_id" | "name">;

/** Asks before a story is deleted; put `dialog` somewhere on the page. */
export function useDeleteStory(onDeleted?: () => void): {
  dialog: ReactNode;
  askDelete: (story: Named) => void;
} {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Named | null>(null);
  const remove = useMutation({
    mutationFn: (story: Named) => api.deleteStory(story.story_id),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      toast.success(storiesStrings.deleted);
      onDeleted?.();
    },
    onSettled: () => {
      setAsked(null);
      void client.invalidateQueries({ queryKey: keys.lists });
    },
  });
  const dialog = (
    <Confirm
      open={asked !== null}
      onClose={() => setAsked(null)}
      title={storiesStrings.deleteTitle(asked?.name ?? "")}
      text={storiesStrings.deleteText}
      yes={storiesStrings.delete}
      busy={remove.isPending}
      onYes={() => asked && remove.mutate(asked)}
    />
  );
  return { dialog, askDelete: setAsked };
}
