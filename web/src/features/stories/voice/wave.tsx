import { useQuery } from "@tanstack/react-query";
import type { SectionSpeech } from "@/api";
import { cn } from "@/lib/cn";
import { voiceStrings as words } from "@/strings/story-voice";
import { readPeaks } from "./peaks";

const BARS = 160;
const STEP_SECONDS = 1;

type Props = { speech: SectionSpeech; number: number; time: number | null; onSeek: (time: number) => void };

/** A section as a waveform: press it to play from there; the arrow keys go by a second. */
export function Wave({ speech, number, time, onSeek }: Props) {
  const seconds = speech.seconds ?? 1;
  const urls = speech.pieces.map((each) => each.url);
  const peaks = useQuery({
    queryKey: ["stories", "peaks", ...urls],
    queryFn: () => readPeaks(speech.pieces, seconds, BARS),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
  const bars = peaks.data ?? new Array<number>(BARS).fill(0.04);
  const path = bars
    .map((each, at) => `M${at + 0.5} ${50 - Math.max(2, each * 48)}V${50 + Math.max(2, each * 48)}`)
    .join("");
  const share = time === null ? 0 : Math.min(1, time / seconds);
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={words.wave(number)}
      aria-valuemin={0}
      aria-valuemax={Math.round(seconds * 10) / 10}
      aria-valuenow={Math.round((time ?? 0) * 10) / 10}
      aria-valuetext={words.at(time ?? 0)}
      className="relative h-12 w-full cursor-pointer rounded bg-well"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onSeek(((event.clientX - box.left) / box.width) * seconds);
      }}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -STEP_SECONDS, ArrowRight: STEP_SECONDS }[event.key];
        if (step === undefined && event.key !== "Home") return;
        event.preventDefault();
        onSeek(step === undefined ? 0 : Math.max(0, Math.min(seconds - 0.1, (time ?? 0) + step)));
      }}
    >
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${BARS} 100`}
        preserveAspectRatio="none"
        className={cn("size-full text-line-strong", peaks.isPending && "animate-pulse")}
      >
        <path d={path} stroke="currentColor" strokeWidth="0.7" />
        <g style={{ clipPath: `inset(0 ${100 - 100 * share}% 0 0)` }}>
          <path d={path} stroke="var(--accent-text)" strokeWidth="0.7" />
        </g>
      </svg>
    </div>
  );
}
