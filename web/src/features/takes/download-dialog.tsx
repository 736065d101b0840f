import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Progress } from "@/components/ui/progress";
import { type DownloadProgress, downloadZip } from "@/lib/download";
import { bytes } from "@/lib/format";
import { problemOf, said } from "@/lib/problem";
import { t } from "@/strings/en";
import { tt } from "@/strings/takes";

type Props = { videos: VideoView[]; name: string; left: number; onClose: () => void };

const MEGABYTE = 1_000_000;

/** Videos as one ZIP, with a folder name; how far it is; stopped by closing. */
export function DownloadDialog({ videos, name, left, onClose }: Props) {
  const [folder, setFolder] = useState(name);
  const [progress, setProgress] = useState<DownloadProgress | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);
  const size = videos.reduce((sum, each) => sum + (each.file_size_mb ?? 0), 0) * MEGABYTE;

  async function start(): Promise<void> {
    const { signal } = stop.current;
    setProgress({ done: 0, all: size });
    try {
      await downloadZip(
        videos.map((each) => each.video_id),
        folder.trim() || name,
        setProgress,
        signal,
      );
      onClose();
    } catch (error) {
      if (signal.aborted) return;
      setProgress(null);
      toast.error(problemOf(error).status === 0 ? tt.download.failed : said(error));
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={tt.download.title(videos.length)}
      text={
        left > 0
          ? `${tt.download.size(bytes(size))} ${tt.bar.notFinished(left)}.`
          : tt.download.size(bytes(size))
      }
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button kind="primary" disabled={progress !== null} onClick={start}>
            <Download />
            {progress ? tt.download.running : tt.download.start}
          </Button>
        </>
      }
    >
      <Field label={tt.download.folder} hint={tt.download.folderHint}>
        {(ids) => (
          <Input
            {...ids}
            value={folder}
            maxLength={200}
            disabled={progress !== null}
            onChange={(event) => setFolder(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && !progress && start()}
          />
        )}
      </Field>
      {progress && (
        <div className="flex flex-col gap-1.5">
          <Progress
            label={tt.download.running}
            value={progress.all ? (100 * progress.done) / progress.all : 0}
          />
          <p className="tnum text-muted text-sm">
            {tt.download.of(bytes(progress.done), bytes(progress.all))}
          </p>
        </div>
      )}
    </Dialog>
  );
}
