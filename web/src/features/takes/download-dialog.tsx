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
import { t } from "@/strings/en";
import { tr } from "@/strings/review";
import { tt } from "@/strings/takes";
import { tu } from "@/strings/upscale";

type Props = { videos: VideoView[]; name: string; left: number; onClose: () => void };

const MEGABYTE = 1_000_000;
const RESOLUTIONS = ["original", "4k"] as const;

/** Videos as one ZIP, with a folder name. The browser saves it. */
export function DownloadDialog({ videos, name, left, onClose }: Props) {
  const [folder, setFolder] = useState(name);
  const [resolution, setResolution] = useState<Resolution>("original");
  const large = videos.filter((each) => each.upscaled).length;
  const size = videos.reduce((sum, each) => sum + (each.file_size_mb ?? 0), 0) * MEGABYTE;
  const about = tt.download.size(bytes(size));

  function start(): void {
    const ids = videos.map((each) => each.video_id);
    downloadZip(ids, folder.trim() || name, resolution, (problem) => toast.error(said(problem)));
    toast.message(tr.download.saving, { description: tr.download.savingText });
    onClose();
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={tt.download.title(videos.length)}
      text={left > 0 ? `${about} ${tt.bar.notFinished(left)}.` : about}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button kind="primary" onClick={start}>
            <Download />
            {tt.download.start}
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
            onChange={(event) => setFolder(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && start()}
          />
        )}
      </Field>
      {large > 0 && (
        <Segments
          label={tu.download}
          {...(large < videos.length ? { hint: tu.downloadHint(large, videos.length) } : {})}
          value={resolution}
          options={RESOLUTIONS.map((value) => ({ value, label: tu.resolutions[value] }))}
          onChange={setResolution}
        />
      )}
    </Dialog>
  );
}
