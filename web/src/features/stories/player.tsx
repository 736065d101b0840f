import { ChevronLeft, ChevronRight, Pause, Play, ScanLine } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import type { PreviewView } from "@/api";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { filmStrings } from "@/strings/story-film";
import { frameUrl } from "./film-api";
import { timecode } from "./film-model";
import type { Player as Played } from "./player-store";
import { useEachFrame, usePlayed } from "./use-player";

const tp = filmStrings.preview;

type Props = {
  storyId: string;
  player: Played;
  preview: PreviewView;
  /** Drawn over the picture, such as safe areas. */
  over?: ReactNode;
  className?: string;
};

/** The film as it stands, played from small copies of its pictures and from its voice. */
export const Player = memo(function Player({ storyId, player, preview, over, className }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const playing = usePlayed(player, (state) => state.playing);
  const rate = usePlayed(player, (state) => state.rate);
  const silent = usePlayed(player, (state) => state.silent);
  const [exact, setExact] = useState<{ frame: number; there: boolean } | null>(null);
  useEffect(() => {
    player.attach(canvas.current);
    return () => player.attach(null);
  }, [player]);
  useEachFrame(player, (state) => {
    const time = timecode(state.frame, preview.fps);
    canvas.current?.setAttribute("aria-label", tp.label(time));
    canvas.current?.setAttribute("data-frame", String(state.frame));
    canvas.current?.setAttribute("data-ready", String(state.ready));
    const { scene, word } = player.shown();
    canvas.current?.setAttribute("data-scene-shown", scene);
    canvas.current?.setAttribute("data-word", word);
    if (exact && state.frame !== exact.frame) setExact(null);
  });
  const estimated = preview.sections.some((each) => each.estimated);
  return (
    <div className={cn("flex min-h-0 min-w-0 flex-col gap-2", className)}>
      <div
        className="relative mx-auto flex min-h-0 max-w-full flex-1 overflow-hidden rounded-lg bg-black"
        style={{ aspectRatio: `${preview.width} / ${preview.height}` }}
      >
        <canvas
          ref={canvas}
          role="img"
          width={Math.round(preview.width / 2)}
          height={Math.round(preview.height / 2)}
          className="h-full w-full object-contain"
        />
        {exact && (
          <img
            src={frameUrl(storyId, exact.frame, preview.hash, Math.min(1080, preview.height))}
            alt={tp.exactAlt(timecode(exact.frame, preview.fps))}
            className={cn("absolute inset-0 h-full w-full object-contain", !exact.there && "opacity-0")}
            onLoad={() => setExact({ ...exact, there: true })}
            onError={() => setExact(null)}
          />
        )}
        {over}
        {exact && (
          <span
            role="status"
            className="absolute top-2 left-2 rounded bg-black/75 px-1.5 py-0.5 font-medium text-2xs text-white"
          >
            {exact.there ? tp.exact : tp.exactBusy}
          </span>
        )}
      </div>
      <Scrubber player={player} fps={preview.fps} frames={preview.frames} />
      <div className="flex flex-wrap items-center justify-center gap-1">
        <Button
          kind="ghost"
          size="icon"
          aria-label={tp.back}
          title={tp.back}
          onClick={() => player.seek(player.get().frame - 1)}
        >
          <ChevronLeft />
        </Button>
        <Button
          kind="primary"
          size="icon"
          aria-label={playing ? tp.pause : tp.play}
          title={playing ? tp.pause : tp.play}
          onClick={player.toggle}
        >
          {playing ? <Pause /> : <Play />}
        </Button>
        <Button
          kind="ghost"
          size="icon"
          aria-label={tp.forward}
          title={tp.forward}
          onClick={() => player.seek(player.get().frame + 1)}
        >
          <ChevronRight />
        </Button>
        <Time player={player} fps={preview.fps} frames={preview.frames} />
        {rate !== 1 && <span className="tnum text-muted text-xs">{tp.speed(rate)}</span>}
        <Button
          size="sm"
          disabled={!preview.hash}
          title={tp.exactHint}
          onClick={() => {
            player.pause();
            setExact({ frame: player.get().frame, there: false });
          }}
        >
          <ScanLine />
          {tp.exact}
        </Button>
      </div>
      {silent && (
        <p role="alert" className="text-center text-bad text-xs">
          {tp.noSound}
        </p>
      )}
      {estimated && <p className="text-center text-wait text-xs">{tp.estimated}</p>}
    </div>
  );
});

type OfFrames = { player: Played; fps: number; frames: number };

/** The playhead as a slider: for fingers, and for those who do not see the timeline. */
function Scrubber({ player, fps, frames }: OfFrames) {
  const field = useRef<HTMLInputElement>(null);
  useEachFrame(player, (state) => {
    const own = field.current;
    if (!own) return;
    own.value = String(state.frame);
    own.setAttribute("aria-valuetext", timecode(state.frame, fps));
  });
  return (
    <input
      ref={field}
      type="range"
      aria-label={tp.position}
      min={0}
      max={Math.max(0, frames - 1)}
      step={1}
      defaultValue={0}
      onChange={(event) => player.seek(Number(event.target.value))}
      className="w-full accent-[var(--accent)]"
    />
  );
}

function Time({ player, fps, frames }: OfFrames) {
  const shown = useRef<HTMLSpanElement>(null);
  useEachFrame(player, (state) => {
    if (shown.current) shown.current.textContent = timecode(state.frame, fps);
  });
  return (
    <span className="tnum min-w-24 px-1 text-center text-muted text-sm">
      <span ref={shown} className="text-text" /> / {timecode(frames, fps)}
    </span>
  );
}
