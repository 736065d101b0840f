import type { ReactNode } from "react";
import type { VideoView } from "@/api";
import { Dialog } from "@/components/ui/dialog";
import { bytes, duration, moment, money } from "@/lib/format";
import { takesStrings } from "@/strings/takes";

const MEGABYTE = 1_000_000;

/** What a take was made from, and what came of it. */
export function PlayerInfo({ video, children }: { video: VideoView; children?: ReactNode }) {
  const { facts } = takesStrings.player;
  const differs = video.delivered_differs ?? [];
  const rows: [string, string | null][] = [
    [facts.image, video.image_filename],
    [facts.provider, video.provider],
    [facts.model, video.model],
    [facts.resolution, video.resolution?.replace("x", " × ") ?? null],
    [facts.duration, video.duration_seconds === null ? null : duration(video.duration_seconds)],
    [facts.file, video.file_size_mb === null ? null : bytes(video.file_size_mb * MEGABYTE)],
    [facts.cost, video.cost === null || Number(video.cost) === 0 ? null : money(Number(video.cost))],
    [facts.seed, video.seed === null ? null : String(video.seed)],
    [facts.made, video.generation_completed_at && moment(video.generation_completed_at)],
  ];
  return (
    <aside className="flex shrink-0 flex-col gap-5 border-line p-5 max-lg:border-t lg:w-80 lg:overflow-y-auto lg:border-l">
      <div>
        <h3 className="mb-1.5 font-medium text-faint text-xs">{takesStrings.player.prompt}</h3>
        <p className="whitespace-pre-wrap break-words">{video.prompt_text}</p>
      </div>
      {video.negative_prompt && (
        <div>
          <h3 className="mb-1.5 font-medium text-faint text-xs">{takesStrings.player.negative}</h3>
          <p className="whitespace-pre-wrap break-words text-muted">{video.negative_prompt}</p>
        </div>
      )}
      {video.image_url && (
        <img
          src={`${video.image_url}&width=480`}
          alt={video.image_filename ?? ""}
          className="max-h-40 self-start rounded-lg bg-raised object-contain"
        />
      )}
      {differs.length > 0 && (
        <div className="rounded-lg bg-wait-soft px-3 py-2 text-sm text-wait">
          <h3 className="font-medium">{takesStrings.player.differs}</h3>
          {differs.map(({ what, asked, delivered }) => (
            <p key={what} className="tnum">
              {takesStrings.player.difference[what]}: {takesStrings.player.insteadOf(delivered, asked)}
            </p>
          ))}
        </div>
      )}
      <dl className="tnum grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-sm">
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt className="text-faint">{name}</dt>
                <dd className="break-words text-right">{value}</dd>
              </div>
            ),
        )}
      </dl>
      {children}
    </aside>
  );
}

/** The keys. */
export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={takesStrings.player.help}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2">
        {takesStrings.player.keys.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line-strong bg-raised px-1.5 py-0.5 font-sans text-xs">
                {keys}
              </kbd>
            </dt>
            <dd className="text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
