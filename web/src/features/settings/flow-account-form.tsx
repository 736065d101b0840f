import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { FlowSignInView } from "@/api";
import { importFlowSignInMutation, readFlowSignInsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { flowStrings } from "@/strings/flow";
import { SecretField } from "./secret-field";

/** What an account is signed in with goes in here, and never comes out again. */
export function FlowAccountForm({ again, onClose }: { again: FlowSignInView | null; onClose: () => void }) {
  const [name, setName] = useState(again?.name ?? "");
  const [state, setState] = useState("");
  const [tried, setTried] = useState(false);
  const client = useQueryClient();
  const bring = useMutation({
    ...importFlowSignInMutation(),
    onSuccess: async () => {
      toast.success(flowStrings.form.saved);
      onClose();
      await client.invalidateQueries({ queryKey: readFlowSignInsQueryKey() });
    },
  });
  const problem = bring.error ? problemOf(bring.error) : null;
  const faultOf = (where: string) => problem?.errors?.find((each) => each.where === where)?.message;
  const elsewhere =
    problem && !(faultOf("name") || faultOf("storage_state"))
      ? [problem.detail, problem.hint ?? ""].join(" ")
      : null;
  function go(): void {
    setTried(true);
    if (name.trim() && state.trim() && !bring.isPending)
      bring.mutate({ body: { name: name.trim(), storage_state: state, check: true } });
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={again ? flowStrings.form.againTitle(again.name) : flowStrings.form.addTitle}
      text={`${flowStrings.how} ${flowStrings.form.text}`}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" disabled={bring.isPending} onClick={go}>
            {flowStrings.form.save}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        {!again && (
          <Field
            label={flowStrings.form.name}
            hint={flowStrings.form.nameHint}
            error={tried && !name.trim() ? flowStrings.form.nameMissing : faultOf("name")}
          >
            {(ids) => (
              <Input
                {...ids}
                autoComplete="off"
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
        <SecretField
          label={flowStrings.form.state}
          hint={flowStrings.form.stateHint}
          choose={flowStrings.form.choose}
          accept=".json,.txt,application/json"
          error={tried && !state.trim() ? flowStrings.form.missing : faultOf("storage_state")}
          value={state}
          onChange={setState}
        />
        {elsewhere && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-bad text-sm">
            {elsewhere}
          </p>
        )}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
