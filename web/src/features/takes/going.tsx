import { Clock, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import type { VideoView } from "@/api";
import { Progress } from "@/components/ui/progress";
import { duration, percent } from "@/lib/format";
import { isHeldUp } from "@/lib/waits";
import { takesStrings } from "@/strings/takes";
import { troubleTitle } from "./trouble-words";

/** A take on its way. */
export function Going({ video, paused }: { video: VideoView; paused: boolean }) {
  const generating = video.status === "generating";
  const moves = generating && !isHeldUp(video);
  const Icon = moves ? LoaderCircle : Clock;
  return (
    <div className="flex size-full flex-col items-center justify-center gap-2 px-4 text-center text-sm">
      <Icon className={moves ? "size-5 animate-spin text-accent-text" : "size-5 text-faint"} />
      {moves ? (
        <>
          <p className="tnum text-muted">
            {takesStrings.gallery.generating} {video.progress !== null && percent(video.progress)}
          </p>
          <Progress
            label={takesStrings.gallery.generating}
            value={video.progress ?? 0}
            className="max-w-32"
          />
        </>
      ) : isHeldUp(video) ? (
        <HeldUp video={video} />
      ) : (
        <p className="text-muted">{paused ? takesStrings.gallery.paused : takesStrings.gallery.queued}</p>
      )}
    </div>
  );
}

/** Why it does not start, and until when. */
function HeldUp({ video }: { video: VideoView }) {
  const { waiting_for, wait_reason, error_type, retry_at, retry_count } = video;
  const retries = waiting_for === "retry";
  const title = retries && error_type ? troubleTitle(error_type) : takesStrings.waits[waiting_for ?? "turn"];
  return (
    <div className="flex max-w-full flex-col gap-0.5 text-wait" title={wait_reason ?? undefined}>
      <p className="font-medium">{title}</p>
      {!retries && <p className="line-clamp-2 text-muted text-xs">{wait_reason}</p>}
      {retry_at && <Countdown at={retry_at} tried={retries ? retry_count : null} />}
    </div>
  );
}

/** `tried` is null for what has not been tried. */
function Countdown({ at, tried }: { at: string; tried: number | null }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = (Date.parse(at) - now) / 1000;
  const { gallery, waits } = takesStrings;
  const words =
    tried === null
      ? [waits.until(duration(left)), waits.soon]
      : [gallery.triesAgain(duration(left), tried), gallery.triesNow(tried)];
  return <p className="tnum text-xs">{left > 0 ? words[0] : words[1]}</p>;
}
