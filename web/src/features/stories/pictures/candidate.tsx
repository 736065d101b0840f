import { ImageIcon } from "lucide-react";
import { useState } from "react";
import type { Candidate } from "@/api";
import { Confirm } from "@/components/ui/confirm";
import type { Doc } from "@/features/stories/document";
import { pictureStrings as words } from "@/strings/story-pictures";
import { isUsed } from "./choose";
import { Licence } from "./licence";

type Props = { document: Doc; candidate: Candidate; dragType?: string; onUse: () => void };

/** A picture that was found: pressed, it is shown. Its preview is drawn only where its source allows that. */
export function CandidateTile({ document, candidate, dragType, onUse }: Props) {
  const [asking, setAsking] = useState(false);
  const { title = "", provider } = candidate;
  return (
    <div className="w-36">
      <button
        type="button"
        draggable={Boolean(dragType)}
        aria-label={`${words.use}: ${words.candidate(title, provider)}`}
        title={title}
        className="grid h-24 w-36 place-items-center overflow-hidden rounded-lg border border-line bg-well hover:border-accent-text"
        onDragStart={(event) => dragType && event.dataTransfer.setData(dragType, JSON.stringify(candidate))}
        onClick={() => (isUsed(document, candidate) ? setAsking(true) : onUse())}
      >
        {candidate.hotlink && candidate.preview_url ? (
          <img src={candidate.preview_url} alt="" loading="lazy" className="size-full object-cover" />
        ) : (
          <span className="flex flex-col items-center gap-1 px-2 text-2xs text-faint">
            <ImageIcon className="size-4" />
            <span className="line-clamp-3">{title}</span>
          </span>
        )}
      </button>
      <Licence source={provider} attribution={candidate.attribution} />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={title || words.use}
        text={words.twice}
        yes={words.twiceGo}
        onYes={() => {
          setAsking(false);
          onUse();
        }}
      />
    </div>
  );
}
