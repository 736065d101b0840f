import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { FlowSignInView } from "@/api";
import { changeFlowSignInMutation, readFlowSignInsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { flowStrings } from "@/strings/flow";

const MOST_IN_FLIGHT = 5;
const MOST_SPACING = 3600;

/** How much is made with a Flow sign-in at the same time, and how fast. Empty: as for all. */
export function FlowLimits({ account, onClose }: { account: FlowSignInView; onClose: () => void }) {
  const [flying, setFlying] = useState(account.concurrency?.toString() ?? "");
  const [spacing, setSpacing] = useState(account.spacing_seconds?.toString() ?? "");
  const client = useQueryClient();
  const change = useMutation({
    ...changeFlowSignInMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      toast.success(flowStrings.limits.saved);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: readFlowSignInsQueryKey() }),
  });
  const number = (text: string) => (text.trim() === "" ? null : Number(text));
  return (
    <Dialog
      open
      onClose={onClose}
      title={flowStrings.limits.title(account.name)}
      text={flowStrings.limits.text}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({
            path: { sign_in_id: account.id },
            body: { concurrency: number(flying), spacing_seconds: number(spacing) },
          });
        }}
      >
        <Field label={flowStrings.limits.flying}>
          {(field) => (
            <Input
              {...field}
              type="number"
              min={1}
              max={MOST_IN_FLIGHT}
              step={1}
              value={flying}
              placeholder={flowStrings.limits.usual}
              onChange={(event) => setFlying(event.target.value)}
            />
          )}
        </Field>
        <Field label={flowStrings.limits.spacing}>
          {(field) => (
            <Input
              {...field}
              type="number"
              min={0}
              max={MOST_SPACING}
              step="any"
              value={spacing}
              placeholder={flowStrings.limits.usual}
              onChange={(event) => setSpacing(event.target.value)}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" disabled={change.isPending}>
          {flowStrings.limits.save}
        </Button>
      </form>
    </Dialog>
  );
}
