import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import type { Decision, VideoView } from "@/api";
import { resolveVideoMutation } from "@/api/@tanstack/react-query.gen";
import { Dialog } from "@/components/ui/dialog";
import { said } from "@/lib/problem";
import { takesStrings } from "@/strings/takes";

const DECISIONS: readonly Decision[] = ["retry", "made", "give_up"];

/** The user's word on a submission of which nobody knows whether it was accepted. */
export function DecideDialog({ video, onClose }: { video: VideoView; onClose: () => void }) {
  const resolve = useMutation({
    ...resolveVideoMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      toast.success(takesStrings.trouble.decided);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={takesStrings.trouble.decideTitle}
      text={takesStrings.trouble.uncertain}
    >
      <ul className="flex flex-col gap-2">
        {DECISIONS.map((decision) => (
          <li key={decision}>
            <button
              type="button"
              disabled={resolve.isPending}
              className="w-full rounded-lg border border-line px-4 py-3 text-left hover:border-line-strong hover:bg-raised disabled:opacity-50"
              onClick={() => resolve.mutate({ path: { video_id: video.video_id }, body: { decision } })}
            >
              <span className="block font-medium">{takesStrings.trouble.decisions[decision].do}</span>
              <span className="text-muted text-sm">{takesStrings.trouble.decisions[decision].what}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
