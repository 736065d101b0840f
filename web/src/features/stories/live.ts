// Events of stories: what is shown of them is asked for again.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type Heard, listen } from "@/lib/live";
import { keys, refresh } from "./use-story";

const GATHER_MS = 300;

type StoryHeard = Heard & { story_id?: string };

/** Follow the server for as long as a page of stories is open. Changes are gathered: a story of sixty sections
 * that are all spoken at once costs a few requests, not sixty. */
export function useStoryEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const waiting = new Set<string>();
    let films = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function flush(): void {
      timer = undefined;
      const ids = [...waiting];
      waiting.clear();
      for (const id of ids) void refresh(client, id);
      if (films) void client.invalidateQueries({ queryKey: ["stories", "one"], predicate: isShownWork });
      films = false;
      if (ids.length > 0) {
        void client.invalidateQueries({ queryKey: keys.lists });
        void client.invalidateQueries({ queryKey: ["stories", "batch"] });
      }
    }
    const stop = listen((heard: StoryHeard) => {
      if (heard.type === "film") films = true;
      else if (heard.story_id) waiting.add(heard.story_id);
      else return;
      timer ??= setTimeout(flush, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
}

/** A film's event names no story: whatever is shown may be about it. */
function isShownWork({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[3] === "films" || queryKey[3] === "story";
}
