import { useRef, useState } from "react";
import { cn } from "@/lib/cn";

const HOVER_MS = 120;

type Props = { picture: string | null; video: string | null; className?: string };

/** The picture of a video; under the pointer it plays. What can be done with it is in the buttons around it. */
export function Clip({ picture, video, className }: Props) {
  const [playing, play] = useState(false);
  const timer = useRef(0);
  const over = () => {
    if (matchMedia("(prefers-reduced-motion: reduce), (hover: none)").matches) return;
    timer.current = window.setTimeout(() => play(true), HOVER_MS);
  };
  const out = () => {
    clearTimeout(timer.current);
    play(false);
  };
  return (
    <span className="relative block size-full" onPointerEnter={over} onPointerLeave={out}>
      {picture && (
        <img
          src={picture}
          alt=""
          loading="lazy"
          decoding="async"
          className={cn("size-full object-cover", className)}
        />
      )}
      {playing && video && (
        <video
          src={video}
          autoPlay
          loop
          muted
          playsInline
          className={cn("absolute inset-0 size-full object-cover", className)}
        />
      )}
    </span>
  );
}
