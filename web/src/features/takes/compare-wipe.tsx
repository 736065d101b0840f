import { useState } from "react";
import type { VideoView } from "@/api";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";

type Props = {
  left: VideoView;
  right: VideoView;
  playing: boolean;
  screen: (id: string) => (screen: HTMLVideoElement | null) => void;
};

const MIDDLE = 50;
const FULL = 100;

/** Two takes over each other with an edge between them that is moved. Only the left one is heard. */
export function CompareWipe({ left, right, playing, screen }: Props) {
  const [edge, setEdge] = useState(MIDDLE);
  const name = (video: VideoView) => takesStrings.gallery.take(video.prompt_number, video.video_index);
  const look = "absolute inset-0 size-full object-contain p-1";
  return (
    <div className="relative min-h-0 flex-1 bg-well">
      {/* biome-ignore lint/a11y/useMediaCaption: generated clips have no speech */}
      <video
        ref={screen(left.video_id)}
        src={left.video_url ?? undefined}
        aria-label={name(left)}
        autoPlay={playing}
        loop
        playsInline
        className={look}
      />
      <video
        ref={screen(right.video_id)}
        src={right.video_url ?? undefined}
        aria-label={name(right)}
        autoPlay={playing}
        loop
        playsInline
        muted
        className={look}
        style={{ clipPath: `inset(0 0 0 ${edge}%)` }}
      />
      <span className="absolute inset-y-0 w-px bg-white/80" style={{ left: `${edge}%` }} />
      <span className="absolute top-2 left-2 rounded bg-black/60 px-1.5 text-white text-xs">
        {name(left)}
      </span>
      <span className="absolute top-2 right-2 rounded bg-black/60 px-1.5 text-white text-xs">
        {name(right)}
      </span>
      <input
        type="range"
        aria-label={reviewStrings.compare.edge}
        min={0}
        max={FULL}
        step={0.5}
        value={edge}
        className="absolute inset-x-4 bottom-3"
        onChange={(event) => setEdge(Number(event.target.value))}
      />
    </div>
  );
}
