import { type PointerEvent, useRef, useState } from "react";
import { Clip } from "@/components/clip";

type Props = { picture: string | null; video: string | null; className?: string };

/** The picture of a video; where the pointer is over it is where in the video one is. */
export function Scrub({ picture, video, className }: Props) {
  const [near, setNear] = useState(false);
  const screen = useRef<HTMLVideoElement>(null);
  const [at, setAt] = useState<number | null>(null);
  function move(event: PointerEvent<HTMLElement>): void {
    if (event.pointerType !== "mouse") return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    setNear(true);
    setAt(share);
    const { current } = screen;
    if (current && Number.isFinite(current.duration)) current.currentTime = share * current.duration * 0.999;
  }
  return (
    <span
      className="relative block size-full"
      onPointerMove={move}
      onPointerLeave={() => {
        setAt(null);
        setNear(false);
      }}
    >
      <Clip picture={picture} video={null} playing={false} {...(className ? { className } : {})} />
      {near && video && (
        <video
          ref={screen}
          src={video}
          muted
          playsInline
          preload="auto"
          className="absolute inset-0 size-full object-contain"
        />
      )}
      {at !== null && (
        <span className="absolute bottom-0 left-0 h-0.5 bg-accent-text" style={{ width: `${at * 100}%` }} />
      )}
    </span>
  );
}
