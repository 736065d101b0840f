import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Scaling } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { Codec, Quality, VideoView } from "@/api";
import { listUpscalesQueryKey, startUpscaleMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Select, Toggle } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { upscaleStrings } from "@/strings/upscale";

const QUALITIES: readonly Quality[] = ["fast", "balanced", "high"];
const CODECS: readonly Codec[] = ["h264", "h265", "av1"];

type Props = { videos: readonly VideoView[]; onClose: () => void; onStarted: (taskId: string) => void };

/** How 4K copies are to be made. */
export function UpscaleDialog({ videos, onClose, onStarted }: Props) {
  const [quality, setQuality] = useState<Quality>("balanced");
  const [codec, setCodec] = useState<Codec>("h264");
  const [enhance, setEnhance] = useState(false);
  const [hardware, setHardware] = useState(false);
  const client = useQueryClient();
  const start = useMutation({
    ...startUpscaleMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: async (begun) => {
      toast.success(upscaleStrings.started, { description: begun.message });
      await client.invalidateQueries({ queryKey: listUpscalesQueryKey() });
      onStarted(begun.task_id);
    },
  });
  const video_ids = videos.map((each) => each.video_id);
  return (
    <Dialog
      open
      onClose={onClose}
      title={upscaleStrings.title(videos.length)}
      text={upscaleStrings.text}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button
            kind="primary"
            disabled={start.isPending}
            onClick={() => start.mutate({ body: { video_ids, quality, codec, enhance, hardware } })}
          >
            <Scaling />
            {upscaleStrings.start}
          </Button>
        </>
      }
    >
      <Segments
        label={upscaleStrings.quality}
        hint={upscaleStrings.qualityHints[quality]}
        value={quality}
        options={QUALITIES.map((value) => ({ value, label: upscaleStrings.qualities[value] }))}
        onChange={setQuality}
      />
      <details>
        <summary className="w-fit rounded text-muted text-sm hover:text-text">{upscaleStrings.more}</summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field label={upscaleStrings.codec}>
            {(ids) => (
              <Select {...ids} value={codec} onChange={(event) => setCodec(event.target.value as Codec)}>
                {CODECS.map((value) => (
                  <option key={value} value={value}>
                    {upscaleStrings.codecs[value]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Toggle
            label={upscaleStrings.enhance}
            hint={upscaleStrings.enhanceHint}
            checked={enhance}
            onChange={(event) => setEnhance(event.target.checked)}
          />
          <Toggle
            label={upscaleStrings.hardware}
            hint={upscaleStrings.hardwareHint}
            checked={hardware}
            onChange={(event) => setHardware(event.target.checked)}
          />
        </div>
      </details>
    </Dialog>
  );
}
