import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { readNeedsQueryKey, resolveSubmissionMutation } from "@/api/@tanstack/react-query.gen";
import { Dialog } from "@/components/ui/dialog";
import { said } from "@/lib/problem";
import { dashboardStrings } from "@/strings/dashboard";

const DECISIONS = ["made", "give_up"] as const;

/** The user's decision on a paid call that no video waits for any more. */
export function PaidCallDialog({ submissionId, onClose }: { submissionId: string; onClose: () => void }) {
  const { paidCall } = dashboardStrings;
  const client = useQueryClient();
  const resolve = useMutation({
    ...resolveSubmissionMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      toast.success(paidCall.decided);
      onClose();
      return client.invalidateQueries({ queryKey: readNeedsQueryKey() });
    },
  });
  return (
    <Dialog open onClose={onClose} title={paidCall.title} text={paidCall.text}>
      <ul className="flex flex-col gap-2">
        {DECISIONS.map((decision) => (
          <li key={decision}>
            <button
              type="button"
              disabled={resolve.isPending}
              className="w-full rounded-lg border border-line px-4 py-3 text-left hover:border-line-strong hover:bg-raised disabled:opacity-50"
              onClick={() => resolve.mutate({ path: { submission_id: submissionId }, body: { decision } })}
            >
              <span className="block font-medium">{paidCall.decisions[decision].do}</span>
              <span className="text-muted text-sm">{paidCall.decisions[decision].what}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
