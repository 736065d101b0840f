import * as Radix from "@radix-ui/react-dialog";
import { CircleCheck, Pause, Play, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Stars } from "@/components/ui/stars";
import { cn } from "@/lib/cn";
import { useFocusBack } from "@/lib/focus-back";
import { appStrings } from "@/strings/app";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import type { TakeActions } from "./take-actions";

type Props = { videos: VideoView[]; shape: number; actions: TakeActions; onClose: () => void };

/** Takes beside each other, playing in step. */
export function Compare({ videos, shape, actions, onClose }: Props) {
  const screens = useRef(new Map<string, HTMLVideoElement>());
  const focus = useFocusBack({ first: "itself" });
  const [playing, setPlaying] = useState(true);
  const [at, setAt] = useState(0);
  const focused = videos[Math.min(at, videos.length - 1)];
  const all = () => [...screens.current.values()];

  function play(on: boolean): void {
    setPlaying(on);
    const [first] = all();
    for (const screen of all()) {
      if (first) screen.currentTime = first.currentTime;
      if (on) void screen.play();
      else screen.pause();
    }
  }

  function jump(seconds: number): void {
    const [first] = all();
    for (const screen of all()) screen.currentTime = Math.max(0, (first?.currentTime ?? 0) + seconds);
  }

  function pressed(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !focused) return;
    const key = event.key.toLowerCase();
    const stars = Number(key);
    if (key === " " || key === "k") play(!playing);
    else if (key === "arrowleft" || key === "j") jump(-1);
    else if (key === "arrowright" || key === "l") jump(1);
    else if (key === "s") void actions.select([focused], !focused.selected);
    else if (key !== "" && stars >= 1 && stars <= 5)
      void actions.rate(focused, focused.rating === stars ? 0 : stars);
    else return;
    event.preventDefault();
  }

  // Takes of one length drift apart by a frame or two while they loop; the first one leads.
  useEffect(() => {
    const timer = setInterval(() => {
      const [first, ...others] = [...screens.current.values()];
      if (!first || first.paused) return;
      for (const each of others)
        if (Math.abs(each.currentTime - first.currentTime) > 0.12) each.currentTime = first.currentTime;
    }, 1000);
    return () => clearInterval(timer);
  }, []);

  const columns = shape > 1.2 ? Math.min(2, videos.length) : Math.min(4, videos.length);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-0 z-40 flex flex-col bg-bg outline-none"
          {...focus}
          onKeyDown={pressed}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b px-2 sm:px-4">
            <Button kind="ghost" size="icon" aria-label={appStrings.common.close} onClick={onClose}>
              <X />
            </Button>
            <Radix.Title className="truncate font-medium">{reviewStrings.compare.title}</Radix.Title>
            <p className="truncate text-faint text-xs max-lg:hidden">{reviewStrings.compare.hint}</p>
            <Button className="ml-auto" onClick={() => play(!playing)}>
              {playing ? <Pause /> : <Play />}
              {playing ? reviewStrings.compare.pause : reviewStrings.compare.play}
            </Button>
          </header>
          <ul
            className="grid min-h-0 flex-1 gap-px overflow-y-auto bg-line max-sm:!grid-cols-1"
            style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
          >
            {videos.map((video, index) => {
              const name = takesStrings.gallery.take(video.prompt_number, video.video_index);
              return (
                <li
                  key={video.video_id}
                  className={cn(
                    "flex min-h-52 flex-col bg-well",
                    index === at && "ring-2 ring-accent-text ring-inset",
                  )}
                  onFocus={() => setAt(index)}
                  onPointerDown={() => setAt(index)}
                >
                  <div className="relative min-h-0 flex-1">
                    <video
                      ref={(screen) => {
                        if (screen) screens.current.set(video.video_id, screen);
                        else screens.current.delete(video.video_id);
                      }}
                      src={video.video_url ?? undefined}
                      poster={video.thumbnail_url ?? undefined}
                      aria-label={name}
                      autoPlay
                      loop
                      playsInline
                      muted={index !== at}
                      className="absolute inset-0 size-full object-contain p-1"
                    />
                  </div>
                  <div className="flex shrink-0 flex-wrap items-center gap-x-2 border-line border-t bg-bg px-3 py-1">
                    <span className="truncate text-sm">{name}</span>
                    <Stars
                      value={video.rating}
                      name={name}
                      onChange={(rating) => actions.rate(video, rating)}
                      className="ml-auto"
                    />
                    <Button
                      kind={video.selected ? "plain" : "ghost"}
                      aria-pressed={video.selected}
                      aria-label={`${takesStrings.gallery.select} ${name}`}
                      onClick={() => actions.select([video], !video.selected)}
                    >
                      <CircleCheck className={video.selected ? "text-good" : undefined} />
                      {video.selected ? takesStrings.gallery.selected : takesStrings.gallery.select}
                    </Button>
                  </div>
                </li>
              );
            })}
          </ul>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
