import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Failed, Skeleton } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import type { Story } from "@/features/stories/document";
import { restore } from "@/features/stories/edits";
import { keys, useEdit } from "@/features/stories/use-story";
import { ago, moment } from "@/lib/format";
import { scriptStrings } from "@/strings/story-script";

const words = scriptStrings.history;
const FIRST = 8;

/** Every version of the story: what was changed, by whom, and the way back to it. */
export function History({ story }: { story: Story }) {
  const edit = useEdit(story.story_id);
  const [all, setAll] = useState(false);
  const versions = useQuery({
    queryKey: keys.versions(story.story_id),
    queryFn: () => api.readVersions(story.story_id),
  });
  if (versions.isError && !versions.data) {
    return <Failed error={versions.error} onRetry={() => versions.refetch()} />;
  }
  if (!versions.data) return <Skeleton className="h-32" />;
  const shown = all ? versions.data : versions.data.slice(0, FIRST);
  return (
    <div className="flex flex-col gap-2">
      <ol className="flex flex-col divide-y divide-line">
        {shown.map((each) => (
          <li key={each.number} className="flex items-start gap-2 py-1.5 text-sm">
            <div className="min-w-0 flex-1">
              <p className="[overflow-wrap:anywhere]">{each.change}</p>
              <p className="tnum text-faint text-xs">
                {words.version(each.number)} · {each.by === "person" ? words.byPerson : words.byRushes} ·{" "}
                <time dateTime={each.created_at} title={moment(each.created_at)}>
                  {ago(each.created_at)}
                </time>
              </p>
            </div>
            {each.number === story.version ? (
              <span className="shrink-0 py-1 text-faint text-xs">{words.now}</span>
            ) : (
              <Button
                size="sm"
                aria-label={`${words.restore}, ${words.version(each.number)}`}
                disabled={edit.isPending}
                onClick={() =>
                  edit.mutate(restore(each.number), {
                    onSuccess: () => toast.success(words.restored(each.number)),
                  })
                }
              >
                {words.restore}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {!all && versions.data.length > FIRST && (
        <Button size="sm" kind="ghost" className="self-start" onClick={() => setAll(true)}>
          {words.more}
        </Button>
      )}
    </div>
  );
}
