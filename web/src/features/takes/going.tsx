import { Clock, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import type { VideoView } from "@/api";
import { Progress } from "@/components/ui/progress";
import { duration, percent } from "@/lib/format";
import { takesStrings } from "@/strings/takes";
import { troubleTitle } from "./trouble-words";

/** A take on its way. */
export function Going({ video, paused }: { video: VideoView; paused: boolean }) {
  const generating = video.status === "generating";
  const Icon = generating ? LoaderCircle : Clock;
  return (
    <div className="flex size-full flex-col items-center justify-center gap-2 px-4 text-center text-sm">
      <Icon className={generating ? "size-5 animate-spin text-accent-text" : "size-5 text-faint"} />
      {generating ? (
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
      ) : video.retry_at ? (
        <div className="text-wait">
          {video.error_type && <p className="font-medium">{troubleTitle(video.error_type)}</p>}
          <Retry at={video.retry_at} tried={video.retry_count} />
        </div>
      ) : (
        <p className="text-muted">{paused ? takesStrings.gallery.paused : takesStrings.gallery.queued}</p>
      )}
    </div>
  );
}

function Retry({ at, tried }: { at: string; tried: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = (Date.parse(at) - now) / 1000;
  return (
    <p className="tnum text-xs">
      {left > 0
        ? takesStrings.gallery.triesAgain(duration(left), tried)
        : takesStrings.gallery.triesNow(tried)}
    </p>
  );
}
