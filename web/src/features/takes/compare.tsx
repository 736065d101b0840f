import * as Radix from "@radix-ui/react-dialog";
import { ChevronDown, ChevronUp, Pause, Play, SplitSquareHorizontal, X } from "lucide-react";
import { useRef, useState } from "react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { useFocusBack } from "@/lib/focus-back";
import { clock } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { CompareTake } from "./compare-take";
import { CompareWipe } from "./compare-wipe";
import { MOST_COMPARED, type TakeActions } from "./take-actions";
import { useScreens } from "./use-screens";

type Props = {
  /** Takes in groups: the shots that are walked through, or one group of any takes. */
  groups: readonly (readonly VideoView[])[];
  start: number;
  decided: string;
  shape: number;
  actions: TakeActions;
  onClose: () => void;
};

/** Takes beside each other, playing in step; from shot to shot by the keyboard alone. */
export function Compare({ groups, start, decided, shape, actions, onClose }: Props) {
  const focus = useFocusBack({ first: "itself" });
  const [group, setGroup] = useState(start);
  const [at, setAt] = useState(0);
  const [wiping, setWiping] = useState(false);
  const content = useRef<HTMLDivElement>(null);
  const videos = (groups[Math.min(group, groups.length - 1)] ?? []).slice(0, MOST_COMPARED);
  const { ref, playing, play, seek, jump, step, time } = useScreens();
  const index = Math.min(at, videos.length - 1);
  const focused = videos[index];
  const other = videos[(index + 1) % Math.max(1, videos.length)];
  const wipes = wiping && focused && other && focused !== other;

  function walk(shots: number): void {
    const next = group + shots;
    if (next < 0 || next >= groups.length) return;
    setGroup(next);
    setAt(0);
    content.current?.focus();
  }
  function take(to: number): void {
    if (to < 0 || to >= videos.length) return;
    setAt(to);
    content.current?.focus();
  }

  function pressed(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !focused) return;
    const target = event.target as HTMLElement;
    const range = target.closest("input[type=range]");
    if (range && event.key.startsWith("Arrow")) return;
    const onButton = target.closest("button") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    const stars = event.shiftKey && digit ? Number(digit) : 0;
    if (stars > 0 && stars <= 5) void actions.rate(focused, focused.rating === stars ? 0 : stars);
    else if (digit) take(Number(digit) - 1);
    else {
      const does: Record<string, () => unknown> = {
        " ": () => play(!playing),
        k: () => play(!playing),
        j: () => jump(-1),
        l: () => jump(1),
        ",": () => step(-1),
        ".": () => step(1),
        arrowleft: () => take(index - 1),
        arrowright: () => take(index + 1),
        arrowup: () => walk(-1),
        arrowdown: () => walk(1),
        p: () => actions.select([focused], !focused.selected),
        s: () => actions.select([focused], !focused.selected),
        x: () => actions.reject([focused], !focused.rejected),
        w: () => setWiping(!wiping),
        enter: () => {
          void actions.select([focused], true);
          walk(1);
        },
      };
      const action = does[event.key.toLowerCase()];
      if (!action) return;
      action();
    }
    event.preventDefault();
  }

  const columns = shape > 1.2 ? Math.min(2, videos.length) : Math.min(4, videos.length);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Content
          ref={content}
          aria-describedby={undefined}
          className="fixed inset-0 z-40 flex flex-col bg-bg outline-none"
          {...focus}
          onKeyDown={pressed}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <header className="flex min-h-12 shrink-0 items-center gap-2 border-line border-b px-2 sm:px-4">
            <Button kind="ghost" size="icon" aria-label={appStrings.common.close} onClick={onClose}>
              <X />
            </Button>
            <Radix.Title className="truncate font-medium">
              {groups.length > 1 && focused
                ? takesStrings.gallery.shot(focused.prompt_number)
                : reviewStrings.compare.title}
            </Radix.Title>
            {focused && (
              <p className="line-clamp-2 min-w-0 flex-1 text-muted text-sm max-sm:hidden">
                {focused.prompt_text}
              </p>
            )}
            <p role="status" className="tnum ml-auto whitespace-nowrap px-1 text-muted text-sm">
              {decided}
            </p>
            {groups.length > 1 && (
              <>
                <Button
                  size="icon"
                  aria-label={reviewStrings.compare.previous}
                  title={`${reviewStrings.compare.previous} (↑)`}
                  disabled={group === 0}
                  onClick={() => walk(-1)}
                >
                  <ChevronUp />
                </Button>
                <Button
                  size="icon"
                  aria-label={reviewStrings.compare.next}
                  title={`${reviewStrings.compare.next} (↓)`}
                  disabled={group >= groups.length - 1}
                  onClick={() => walk(1)}
                >
                  <ChevronDown />
                </Button>
              </>
            )}
          </header>
          {wipes ? (
            <CompareWipe
              key={focused.video_id + other.video_id}
              left={focused}
              right={other}
              playing={playing}
              screen={ref}
            />
          ) : (
            <ul
              className="grid min-h-0 flex-1 gap-px overflow-y-auto bg-line max-sm:!grid-cols-1"
              style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
            >
              {videos.map((video, nth) => (
                <CompareTake
                  key={video.video_id}
                  video={video}
                  place={nth + 1}
                  focused={nth === index}
                  playing={playing}
                  screen={ref(video.video_id)}
                  actions={actions}
                  onFocus={() => setAt(nth)}
                />
              ))}
            </ul>
          )}
          <footer className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-2 py-1.5 sm:px-4">
            <Button
              kind="ghost"
              size="icon"
              aria-label={playing ? reviewStrings.compare.pause : reviewStrings.compare.play}
              onClick={() => play(!playing)}
            >
              {playing ? <Pause /> : <Play />}
            </Button>
            <input
              type="range"
              aria-label={takesStrings.player.seek}
              aria-valuetext={clock(time.at)}
              min={0}
              max={time.of}
              step={0.01}
              value={Math.min(time.at, time.of)}
              className="h-1 min-w-32 flex-1"
              onChange={(event) => seek(Number(event.target.value))}
            />
            <span className="tnum whitespace-nowrap text-muted text-xs">
              {clock(time.at)} / {clock(time.of)}
            </span>
            <Button
              aria-pressed={wiping}
              kind={wiping ? "plain" : "ghost"}
              title={`${reviewStrings.compare.wipe} (W)`}
              disabled={videos.length < 2}
              onClick={() => setWiping(!wiping)}
            >
              <SplitSquareHorizontal />
              {reviewStrings.compare.wipe}
            </Button>
            <p className="w-full text-faint text-xs max-lg:hidden">{reviewStrings.compare.hint}</p>
          </footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
