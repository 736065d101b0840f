import * as Radix from "@radix-ui/react-dialog";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useRef, useState } from "react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { downloadVideo } from "@/lib/download";
import { useFocusBack } from "@/lib/focus-back";
import { appStrings } from "@/strings/app";
import { takesStrings } from "@/strings/takes";
import { Going } from "./going";
import { PlayerActions } from "./player-actions";
import { PlayerBar } from "./player-bar";
import { KeysHelp, PlayerInfo } from "./player-info";
import type { TakeActions } from "./take-actions";
import { TroublePanel } from "./trouble";
import { usePlayerKeys } from "./use-player-keys";

type Props = {
  /** What the takes are of: a job, or the library. */
  of: string;
  paused?: boolean;
  /** How many takes wait or failed for the same reason. */
  alike?: (video: VideoView) => number;
  videos: VideoView[];
  videoId: string | undefined;
  onOpen: (videoId: string | null) => void;
  actions: TakeActions;
  blocked: boolean;
};

/** One take, as large as the window, with everything that can be done with it. */
export function Player({
  of,
  paused = false,
  alike = NOBODY,
  videos,
  videoId,
  onOpen,
  actions,
  blocked,
}: Props) {
  const index = videos.findIndex((each) => each.video_id === videoId);
  const video = videos[index];
  // The keyboard is for the player, not for its first button: Space plays, it does not close.
  const focus = useFocusBack({ first: "itself", after: () => (video ? tileOf(video.video_id) : null) });
  return (
    <Radix.Root open={video !== undefined} onOpenChange={(open) => !open && onOpen(null)}>
      <Radix.Portal>
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-0 z-40 flex flex-col bg-bg outline-none"
          onInteractOutside={(event) => event.preventDefault()}
          {...focus}
        >
          <Radix.Title className="sr-only">{takesStrings.player.title}</Radix.Title>
          {video && (
            <Stage
              of={of}
              paused={paused}
              alike={alike}
              video={video}
              index={index}
              all={videos.length}
              before={videos[index - 1]}
              after={videos[index + 1]}
              onOpen={onOpen}
              actions={actions}
              blocked={blocked}
            />
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const SWIPE = 60; // pixels
const ADVANCE = "rushes.advance";
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** What is pressed to open a take, if it is in the page. */
function tileOf(videoId: string): HTMLElement | null {
  return document.querySelector(`[data-take="${videoId}"] button`);
}

const NOBODY = () => 0;

type StageProps = {
  of: string;
  paused: boolean;
  alike: (video: VideoView) => number;
  video: VideoView;
  index: number;
  all: number;
  before: VideoView | undefined;
  after: VideoView | undefined;
} & Pick<Props, "onOpen" | "actions" | "blocked">;

function Stage({
  of,
  paused,
  alike,
  video,
  index,
  all,
  before,
  after,
  onOpen,
  actions,
  blocked,
}: StageProps) {
  const [screen, setScreen] = useState<HTMLVideoElement | null>(null);
  const [help, setHelp] = useState(false);
  const [advance, setAdvance] = useState(() => localStorage.getItem(ADVANCE) === "yes");
  const swipe = useRef<number | null>(null);
  const whole = useRef<HTMLDivElement>(null);
  const done = video.status === "completed" && video.video_url !== null;
  const run = {
    previous: () => before && onOpen(before.video_id),
    next: () => after && onOpen(after.video_id),
    select: () => {
      if (!done) return;
      void actions.select([video], !video.selected);
      if (advance && !video.selected && after) onOpen(after.video_id);
    },
    reject: () => {
      if (!done) return;
      void actions.reject([video], !video.rejected);
      if (advance && !video.rejected && after) onOpen(after.video_id);
    },
    advance: () => {
      localStorage.setItem(ADVANCE, advance ? "" : "yes");
      setAdvance(!advance);
    },
    download: () => done && video.video_url && downloadVideo(video.video_url),
    regenerate: () =>
      video.waiting_for !== "uncertain" &&
      video.status !== "queued" &&
      video.status !== "generating" &&
      actions.regenerate(video),
    rate: (stars: number) => done && actions.rate(video, stars === video.rating ? 0 : stars),
    remove: () => {
      if (video.status === "generating" || video.waiting_for === "uncertain") return;
      onOpen((after ?? before)?.video_id ?? null);
      void actions.remove([video]);
    },
    fullscreen: () =>
      document.fullscreenElement ? document.exitFullscreen() : whole.current?.requestFullscreen(),
    help: () => setHelp((now) => !now),
  };
  usePlayerKeys(screen, run, !blocked);
  return (
    <>
      <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b px-2 sm:px-4">
        <Button kind="ghost" size="icon" aria-label={appStrings.common.close} onClick={() => onOpen(null)}>
          <X />
        </Button>
        <p className="min-w-0 truncate font-medium">
          {takesStrings.gallery.take(video.prompt_number, video.video_index)}
        </p>
        <p className="truncate text-muted text-sm max-sm:hidden">{of}</p>
        <p className="tnum ml-auto whitespace-nowrap px-2 text-muted text-sm">
          {takesStrings.player.position(index + 1, all)}
        </p>
        <Button
          size="icon"
          aria-label={takesStrings.player.previous}
          disabled={!before}
          onClick={run.previous}
        >
          <ChevronLeft />
        </Button>
        <Button size="icon" aria-label={takesStrings.player.next} disabled={!after} onClick={run.next}>
          <ChevronRight />
        </Button>
      </header>
      <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
        <div
          ref={whole}
          className="flex min-h-0 min-w-0 flex-1 flex-col bg-well max-lg:min-h-[62dvh] max-lg:flex-none"
        >
          <div
            className="relative flex min-h-0 flex-1 items-center justify-center max-lg:h-[50dvh]"
            onTouchStart={(event) => {
              swipe.current = event.touches[0]?.clientX ?? null;
            }}
            onTouchEnd={(event) => {
              const moved = (event.changedTouches[0]?.clientX ?? 0) - (swipe.current ?? 0);
              if (swipe.current === null || Math.abs(moved) < SWIPE) return;
              swipe.current = null;
              (moved < 0 ? run.next : run.previous)();
            }}
          >
            {done ? (
              // biome-ignore lint/a11y/useMediaCaption: generated clips have no speech
              <video
                key={video.video_id}
                ref={setScreen}
                src={video.video_url ?? undefined}
                poster={video.thumbnail_url ?? undefined}
                autoPlay={!STILL.matches}
                loop
                playsInline
                onClick={(event) =>
                  event.currentTarget.paused ? event.currentTarget.play() : event.currentTarget.pause()
                }
                className="absolute inset-0 size-full object-contain"
              />
            ) : video.status === "queued" || video.status === "generating" ? (
              <Going video={video} paused={paused} />
            ) : (
              <TroublePanel video={video} alike={alike(video)} actions={actions} />
            )}
          </div>
          <PlayerBar screen={done ? screen : null} video={video} run={run} advance={advance} />
        </div>
        <PlayerInfo video={video}>{done && <PlayerActions video={video} actions={actions} />}</PlayerInfo>
      </div>
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
