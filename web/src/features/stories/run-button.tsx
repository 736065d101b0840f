import { LoaderCircle, Play, Square } from "lucide-react";
import { Button } from "@/components/ui/button";
import { storiesStrings } from "@/strings/stories";
import type { Story } from "./document";
import { isActive, isDoneUntil, type Step } from "./parts";
import { priceUntil } from "./price";
import { useEstimate, useRun } from "./use-story";

type Props = { story: Story; until: Step; label?: string; kind?: "primary" | "plain" };

/** Makes what is missing or out of date up to a step, and says what that costs. While the story is being made
 * it stops that instead. */
export function RunButton({ story, until, label, kind = "primary" }: Props) {
  const estimate = useEstimate(story.story_id);
  const { run, cancel } = useRun(story.story_id);
  if (isActive(story)) {
    return (
      <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        <Square />
        {storiesStrings.run.stop}
      </Button>
    );
  }
  if (isDoneUntil(story.parts, until) && story.status !== "review") return null;
  const words =
    story.status === "review"
      ? storiesStrings.run.continue
      : story.status === "failed"
        ? storiesStrings.run.retry
        : (label ?? storiesStrings.run[until]);
  const price = priceUntil(estimate.data, until);
  return (
    <Button kind={kind} disabled={run.isPending} onClick={() => run.mutate(until)}>
      {run.isPending ? <LoaderCircle className="animate-spin" /> : <Play />}
      {words}
      {price && <span className="font-normal opacity-90">· {price}</span>}
    </Button>
  );
}
