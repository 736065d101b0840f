import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, Pencil, SkipForward } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { toast } from "sonner";
import type { StoryCard } from "@/api";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import * as api from "@/features/stories/api";
import { priceUntil } from "@/features/stories/price";
import { keys, useEstimate, useStory } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { storyBatchStrings as words } from "@/strings/story-new";

type Props = { stories: readonly StoryCard[]; batchId: string };

/** Stories that wait for a person, one after the other: Enter approves, S skips, E opens the editor. */
export function ReviewQueue({ stories, batchId }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const box = useRef<HTMLElement>(null);
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [approved, setApproved] = useState<readonly string[]>([]);
  const left = stories.filter((each) => !approved.includes(each.story_id));
  const inOrder = [...left].sort((a, b) => skipped.indexOf(a.story_id) - skipped.indexOf(b.story_id));
  const now = inOrder[0];
  const approve = useMutation({
    mutationFn: (id: string) => api.runStory(id, "film"),
    onMutate: (id) => setApproved((all) => [...all, id]),
    onError: (error, id) => {
      setApproved((all) => all.filter((each) => each !== id));
      toast.error(said(error));
    },
    onSuccess: () => toast.success(words.approved),
    onSettled: () => client.invalidateQueries({ queryKey: keys.batch(batchId) }),
  });
  if (!now) return <p className="text-muted text-sm">{words.queueDone}</p>;
  const id = now.story_id;
  const skip = () => setSkipped((all) => [...all.filter((each) => each !== id), id]);
  const edit = () => navigate({ to: "/stories/$storyId/{-$tab}", params: { storyId: id, tab: "script" } });
  function press(event: KeyboardEvent): void {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = new Map([
      ["Enter", () => approve.mutate(id)],
      ["s", skip],
      ["e", () => void edit()],
    ]);
    const act = acts.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  }
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys work while it has the focus; buttons do the same
      tabIndex={0}
      aria-label={words.queue}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4"
      onKeyDown={press}
    >
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="font-semibold">{words.queue}</h2>
        <span className="tnum text-faint text-sm">
          {words.reviewing(stories.length - left.length + 1, stories.length)}
        </span>
        <span className="ml-auto text-faint text-xs max-sm:hidden">{words.queueHint}</span>
      </div>
      <Shown
        key={id}
        id={id}
        name={now.name}
        onApprove={() => approve.mutate(id)}
        onSkip={skip}
        onEdit={() => void edit()}
        many={left.length > 1}
      />
    </section>
  );
}

type ShownProps = {
  id: string;
  name: string;
  many: boolean;
  onApprove: () => void;
  onSkip: () => void;
  onEdit: () => void;
};

function Shown({ id, name, many, onApprove, onSkip, onEdit }: ShownProps) {
  const { story } = useStory(id);
  const estimate = useEstimate(id);
  const price = priceUntil(estimate.data, "film");
  return (
    <>
      <h3 className="font-medium">{name}</h3>
      {!story ? (
        <Skeleton className="h-32" />
      ) : (
        <ol lang={story.document.language} className="flex max-h-72 flex-col gap-2 overflow-y-auto text-sm">
          {story.document.sections.map((each) => (
            <li key={each.id}>
              <span className="font-medium">{each.heading}</span>
              <p className="text-muted">{each.narration}</p>
            </li>
          ))}
        </ol>
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={onApprove}>
          <Check />
          {words.approve}
          {price && <span className="font-normal">· {price}</span>}
        </Button>
        <Button disabled={!many} onClick={onSkip}>
          <SkipForward />
          {words.skip}
        </Button>
        <Button onClick={onEdit}>
          <Pencil />
          {words.edit}
        </Button>
      </div>
    </>
  );
}
