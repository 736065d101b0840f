import { useMemo, useState } from "react";
import type { VideoView } from "@/api";
import { UpscaleDialog } from "./upscale-dialog";
import { UpscaleProgress } from "./upscale-progress";
import { useUpscales } from "./use-upscales";

type Props = { videos: readonly VideoView[]; asked: readonly VideoView[]; onAsked: () => void };

/** 4K copies of a job's videos: asked for, and on their way. */
export function Upscales({ videos, asked, onAsked }: Props) {
  const [openId, setOpenId] = useState<string | null>(null);
  const names = useMemo(() => new Map(videos.map((each) => [each.video_id, each])), [videos]);
  const [task] = useUpscales(names); // the newest; the others follow when it is over
  return (
    <>
      {asked.length > 0 && (
        <UpscaleDialog
          videos={asked}
          onClose={onAsked}
          onStarted={(taskId) => {
            onAsked();
            setOpenId(taskId);
          }}
        />
      )}
      {task && (
        <UpscaleProgress
          task={task}
          names={names}
          open={openId === task.task_id}
          onOpen={(next) => setOpenId(next ? task.task_id : null)}
        />
      )}
    </>
  );
}
