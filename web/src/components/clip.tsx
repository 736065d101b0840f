import { useRef, useState } from "react";
import { cn } from "@/lib/cn";

const HOVER_MS = 120;

/** Whether the pointer rests on something, as people mean it: not in passing, not on a touch screen, not
 * where less motion is wanted. Spread `hover` on what it rests on. */
export function useHoverPlay() {
  const [playing, setPlaying] = useState(false);
  const timer = useRef(0);
  const hover = {
    onPointerEnter: () => {
      if (matchMedia("(prefers-reduced-motion: reduce), (hover: none)").matches) return;
      timer.current = window.setTimeout(() => setPlaying(true), HOVER_MS);
    },
    onPointerLeave: () => {
      clearTimeout(timer.current);
      setPlaying(false);
    },
  };
  return { playing, hover };
}

type Props = { picture: string | null; video: string | null; playing: boolean; className?: string };

/** The picture of a video, and the video over it while it plays. Fills what it is in. */
export function Clip({ picture, video, playing, className }: Props) {
  const look = cn("size-full object-cover", className);
  return (
    <>
      {picture && <img src={picture} alt="" decoding="async" className={look} />}
      {playing && video && (
        <video src={video} autoPlay loop muted playsInline className={cn("absolute inset-0", look)} />
      )}
    </>
  );
}
