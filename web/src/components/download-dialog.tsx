import { Download } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { Resolution, VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { downloadZip } from "@/lib/download";
import { bytes } from "@/lib/format";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import { upscaleStrings } from "@/strings/upscale";

type Props = { videos: VideoView[]; name: string; left: number; onClose: () => void };

const MEGABYTE = 1_000_000;
const RESOLUTIONS = ["original", "4k"] as const;

/** Videos as one ZIP, with a folder name. The browser saves it. */
export function DownloadDialog({ videos, name, left, onClose }: Props) {
  const [folder, setFolder] = useState(name);
  const [resolution, setResolution] = useState<Resolution>("original");
  const large = videos.filter((each) => each.upscaled).length;
  const size = videos.reduce((sum, each) => sum + (each.file_size_mb ?? 0), 0) * MEGABYTE;
  const about = resolution === "4k" ? takesStrings.download.size4k : takesStrings.download.size(bytes(size));

  function start(): void {
    const ids = videos.map((each) => each.video_id);
    downloadZip(ids, folder.trim() || name, resolution, (problem) => toast.error(said(problem)));
    toast.message(reviewStrings.download.saving, { description: reviewStrings.download.savingText });
    onClose();
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={takesStrings.download.title(videos.length)}
      text={left > 0 ? `${about} ${takesStrings.bar.notFinished(left)}.` : about}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" onClick={start}>
            <Download />
            {takesStrings.download.start}
          </Button>
        </>
      }
    >
      <Field label={takesStrings.download.folder} hint={takesStrings.download.folderHint}>
        {(ids) => (
          <Input
            {...ids}
            value={folder}
            maxLength={200}
            onChange={(event) => setFolder(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && start()}
          />
        )}
      </Field>
      {large > 0 && (
        <Segments
          label={upscaleStrings.download}
          {...(large < videos.length ? { hint: upscaleStrings.downloadHint(large, videos.length) } : {})}
          value={resolution}
          options={RESOLUTIONS.map((value) => ({ value, label: upscaleStrings.resolutions[value] }))}
          onChange={setResolution}
        />
      )}
    </Dialog>
  );
}
