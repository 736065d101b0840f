import { Check, CircleAlert, CircleDashed, Clock, LoaderCircle, RefreshCw } from "lucide-react";
import type { PartState, PartView, StoryStatus } from "@/api";
import { Badge, type Tone } from "@/components/ui/badge";
import { percent } from "@/lib/format";
import { storiesStrings } from "@/strings/stories";

const TONES: Record<StoryStatus, Tone> = {
  draft: "neutral",
  running: "accent",
  waiting: "wait",
  review: "wait",
  completed: "good",
  failed: "bad",
  cancelled: "neutral",
};

/** The status of a story, in a word. */
export function StoryBadge({ status }: { status: StoryStatus }) {
  return (
    <Badge tone={TONES[status]}>
      {status === "running" && <LoaderCircle className="animate-spin" />}
      {status === "completed" && <Check />}
      {storiesStrings.status[status]}
    </Badge>
  );
}

const PARTS: Record<PartState, { tone: Tone; icon: typeof Check }> = {
  there: { tone: "good", icon: Check },
  stale: { tone: "wait", icon: RefreshCw },
  making: { tone: "accent", icon: LoaderCircle },
  missing: { tone: "neutral", icon: CircleDashed },
  failed: { tone: "bad", icon: CircleAlert },
  waiting: { tone: "wait", icon: Clock },
};

/** What of a part is there; also in words, for those who do not see the colour. */
export function PartMark({ part, quiet = false }: { part: PartView; quiet?: boolean }) {
  const { tone, icon: Icon } = PARTS[part.state];
  if (quiet && part.state === "there") return null;
  const title = part.reason || (part.state === "stale" ? storiesStrings.staleHint : "");
  return (
    <span title={title} className="inline-flex">
      <Badge tone={tone}>
        <Icon className={part.state === "making" ? "animate-spin" : ""} />
        {storiesStrings.parts[part.state]}
        {part.state === "making" && part.progress !== null && ` ${percent(100 * (part.progress ?? 0))}`}
      </Badge>
    </span>
  );
}
