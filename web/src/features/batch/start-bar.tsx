import { useMutation } from "@tanstack/react-query";
import { Play, Upload } from "lucide-react";
import { toast } from "sonner";
import { startJobMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { said } from "@/lib/problem";
import { batchStrings } from "@/strings/batch";

type Props = {
  jobId: string | null;
  videos: number;
  estimate: string | null;
  canStart: boolean;
  canCheck: boolean;
  checked: boolean;
  onCheck: () => void;
  onStarted: (jobId: string) => void;
};

/** Check, then start: one of the two is the thing to do now. */
export function StartBar(props: Props) {
  const { jobId, videos, estimate, canStart, canCheck, checked, onCheck, onStarted } = props;
  const start = useMutation({
    ...startJobMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (_, { path }) => onStarted(path.job_id),
  });
  return (
    <div className="flex flex-col gap-2">
      {estimate && <p className="tnum text-muted text-sm">{estimate}</p>}
      {canStart && jobId ? (
        <Button
          kind="primary"
          size="lg"
          disabled={start.isPending}
          onClick={() => start.mutate({ path: { job_id: jobId } })}
        >
          <Play />
          {batchStrings.startMany(videos)}
        </Button>
      ) : (
        <Button kind="primary" size="lg" disabled={!canCheck} onClick={onCheck}>
          <Upload />
          {checked ? batchStrings.checkAgain : batchStrings.check}
        </Button>
      )}
    </div>
  );
}
