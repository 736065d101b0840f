import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { toast } from "sonner";
import type { StoryCard } from "@/api";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { cn } from "@/lib/cn";
import { said } from "@/lib/problem";
import { storiesStrings } from "@/strings/stories";
import * as api from "./api";
import type { Story } from "./document";
import { keep, keys } from "./use-story";

const LONGEST = 300;

type Props = {
  story: Pick<StoryCard, "story_id" | "name">;
  /** How the name looks when it is not being edited. */
  children: ReactNode;
  /** Whether it is the page's heading, which stays while the name is edited. */
  isHeading?: boolean;
  className?: string;
  buttonClassName?: string;
};

/** A story's name, edited in place: Enter or leaving the field saves it, Escape leaves it as it was. */
export function StoryName({ story, children, isHeading = false, className, buttonClassName }: Props) {
  const client = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const byKeys = useRef(false);
  const rename = useMutation({
    mutationFn: (title: string) =>
      api.updateStory(story.story_id, { change: { title }, note: storiesStrings.renamed }),
    onError: (error) => toast.error(said(error)),
    onSuccess: (now) => {
      keep(client, story.story_id, now as unknown as Story);
      void client.invalidateQueries({ queryKey: keys.lists });
      setTyped(null);
    },
  });
  function save(): void {
    const title = typed?.trim();
    if (rename.isPending) return;
    if (!title || title === story.name) setTyped(null);
    else rename.mutate(title);
  }
  if (typed !== null) {
    return (
      <form
        className={cn("min-w-0 flex-1", className)}
        onSubmit={(event) => {
          event.preventDefault();
          byKeys.current = true;
          save();
        }}
      >
        {isHeading && <h1 className="sr-only">{story.name}</h1>}
        <Input
          autoFocus
          aria-label={storiesStrings.name}
          value={typed}
          maxLength={LONGEST}
          onChange={(event) => setTyped(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={() => {
            byKeys.current = false;
            save();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            byKeys.current = true;
            setTyped(null);
          }}
        />
      </form>
    );
  }
  return (
    <>
      {children}
      <Button
        kind="ghost"
        size="icon-sm"
        // Whoever edited it by keys is back where they began.
        ref={(button) => {
          if (byKeys.current) button?.focus();
          byKeys.current = false;
        }}
        aria-label={storiesStrings.renameOf(story.name)}
        title={storiesStrings.rename}
        className={buttonClassName}
        onClick={() => setTyped(story.name)}
      >
        <Pencil />
      </Button>
    </>
  );
}
