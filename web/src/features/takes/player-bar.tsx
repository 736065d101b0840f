import {
  CircleCheck,
  CircleX,
  Download,
  FastForward,
  Keyboard,
  Maximize,
  Pause,
  Play,
  RefreshCw,
  Trash2,
  Volume2,
  VolumeX,
} from "lucide-react";
import { useEffect, useState } from "react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Stars } from "@/components/ui/stars";
import { clock } from "@/lib/format";
import { takesStrings } from "@/strings/takes";
import type { PlayerRun } from "./use-player-keys";

type Props = { screen: HTMLVideoElement | null; video: VideoView; run: PlayerRun; advance: boolean };

/** Under the picture: the place in it, and what can be done with it. */
export function PlayerBar({ screen, video, run, advance }: Props) {
  const done = video.status === "completed";
  const waits =
    video.waiting_for === "uncertain" || video.status === "queued" || video.status === "generating";
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-t bg-bg px-3 py-2">
      {screen && <Transport screen={screen} />}
      <div className="ml-auto flex flex-wrap items-center justify-end gap-1">
        {done && (
          <>
            <Stars
              value={video.rating}
              name={takesStrings.gallery.take(video.prompt_number, video.video_index)}
              onChange={run.rate}
              className="mr-1"
            />
            <Button
              kind={video.selected ? "plain" : "ghost"}
              aria-pressed={video.selected}
              title={`${video.selected ? takesStrings.player.unselect : takesStrings.player.select} (P)`}
              onClick={run.select}
            >
              <CircleCheck className={video.selected ? "text-good" : undefined} />
              <span className="max-sm:sr-only">
                {video.selected ? takesStrings.gallery.selected : takesStrings.gallery.select}
              </span>
            </Button>
            <Button
              kind={video.rejected ? "plain" : "ghost"}
              size="icon"
              aria-pressed={video.rejected}
              aria-label={takesStrings.player.reject}
              title={`${takesStrings.player.reject} (X)`}
              onClick={run.reject}
            >
              <CircleX className={video.rejected ? "text-bad" : undefined} />
            </Button>
            <Button
              kind={advance ? "plain" : "ghost"}
              size="icon"
              aria-pressed={advance}
              aria-label={takesStrings.player.advance}
              title={`${takesStrings.player.advanceHint} (A)`}
              className="max-sm:hidden"
              onClick={run.advance}
            >
              <FastForward />
            </Button>
            <Button
              kind="ghost"
              size="icon"
              aria-label={takesStrings.player.download}
              title={`${takesStrings.player.download} (D)`}
              onClick={run.download}
            >
              <Download />
            </Button>
          </>
        )}
        {!waits && (
          <Button
            kind="ghost"
            size="icon"
            aria-label={takesStrings.player.regenerate}
            title={`${takesStrings.player.regenerate} (R)`}
            onClick={run.regenerate}
          >
            <RefreshCw />
          </Button>
        )}
        {video.status !== "generating" && video.waiting_for !== "uncertain" && (
          <Button
            kind="ghost"
            size="icon"
            aria-label={takesStrings.player.delete}
            title={`${takesStrings.player.delete} (Delete)`}
            onClick={run.remove}
          >
            <Trash2 />
          </Button>
        )}
        <Button
          kind="ghost"
          size="icon"
          aria-label={takesStrings.player.fullscreen}
          title={`${takesStrings.player.fullscreen} (F)`}
          onClick={run.fullscreen}
        >
          <Maximize />
        </Button>
        <Button
          kind="ghost"
          size="icon"
          aria-label={takesStrings.player.help}
          title={`${takesStrings.player.help} (?)`}
          className="max-sm:hidden"
          onClick={run.help}
        >
          <Keyboard />
        </Button>
      </div>
    </div>
  );
}

const EVENTS = [
  "play",
  "pause",
  "timeupdate",
  "loadedmetadata",
  "seeked",
  "volumechange",
  "ratechange",
] as const;
const SPEEDS = [1, 0.5, 0.25, 2];

function Transport({ screen }: { screen: HTMLVideoElement }) {
  const [, draw] = useState(0);
  useEffect(() => {
    const changed = () => draw((n) => n + 1);
    changed();
    for (const name of EVENTS) screen.addEventListener(name, changed);
    return () => {
      for (const name of EVENTS) screen.removeEventListener(name, changed);
    };
  }, [screen]);
  const all = Number.isFinite(screen.duration) ? screen.duration : 0;
  return (
    <div className="flex min-w-56 flex-1 items-center gap-2">
      <Button
        kind="ghost"
        size="icon"
        aria-label={screen.paused ? takesStrings.player.play : takesStrings.player.pause}
        onClick={() => (screen.paused ? screen.play() : screen.pause())}
      >
        {screen.paused ? <Play /> : <Pause />}
      </Button>
      <input
        type="range"
        aria-label={takesStrings.player.seek}
        aria-valuetext={clock(screen.currentTime)}
        min={0}
        max={all}
        step={0.01}
        value={Math.min(all, screen.currentTime)}
        className="h-1 min-w-0 flex-1"
        onChange={(event) => {
          screen.currentTime = Number(event.target.value);
        }}
      />
      <Button
        kind="ghost"
        size="icon"
        aria-label={screen.muted ? takesStrings.player.unmute : takesStrings.player.mute}
        aria-pressed={screen.muted}
        onClick={() => {
          screen.muted = !screen.muted;
        }}
      >
        {screen.muted ? <VolumeX /> : <Volume2 />}
      </Button>
      <Button
        kind="ghost"
        size="sm"
        className="tnum"
        aria-label={takesStrings.player.speed(screen.playbackRate)}
        title={takesStrings.player.speed(screen.playbackRate)}
        onClick={() => {
          screen.playbackRate = SPEEDS[(SPEEDS.indexOf(screen.playbackRate) + 1) % SPEEDS.length] ?? 1;
        }}
      >
        {screen.playbackRate}×
      </Button>
      <span className="tnum whitespace-nowrap text-muted text-xs">
        {clock(screen.currentTime)} / {clock(all)}
      </span>
    </div>
  );
}
