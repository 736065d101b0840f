import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { type CredentialView, createKey, updateKey } from "@/api";
import { readKeysQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { settingsStrings } from "@/strings/settings";
import { SecretField } from "./secret-field";
import { keyFields, type Service } from "./services";

export type KeyFormFor = { kind: "new"; service: Service } | { kind: "replace"; credential: CredentialView };

/** A key goes in here, and never comes out again. */
export function KeyForm({ of, onClose }: { of: KeyFormFor; onClose: () => void }) {
  const [secret, setSecret] = useState("");
  const [name, setName] = useState("");
  const [beside, setBeside] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const client = useQueryClient();
  const fields = of.kind === "new" ? keyFields(of.service.providers) : [];
  const save = useMutation<void, unknown, void>({
    mutationFn: async () => {
      if (of.kind === "replace") {
        await updateKey({ path: { key_id: of.credential.id }, body: { secret }, throwOnError: true });
      } else {
        const filled = Object.fromEntries(Object.entries(beside).filter(([, value]) => value.trim()));
        await createKey({
          body: { service: of.service.id, secret, name: name.trim(), fields: filled },
          throwOnError: true,
        });
      }
    },
    onSuccess: async () => {
      toast.success(settingsStrings.form.saved);
      onClose();
      await client.invalidateQueries({ queryKey: readKeysQueryKey() });
    },
  });
  const problem = save.error ? problemOf(save.error) : null;
  const faultOf = (where: string) => problem?.errors?.find((each) => each.where === where)?.message;
  const elsewhere =
    problem && !problem.errors?.length ? [problem.detail, problem.hint ?? ""].join(" ") : null;
  function go(): void {
    setTried(true);
    if (secret.trim() && !save.isPending) save.mutate();
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        of.kind === "new"
          ? settingsStrings.form.addTitle(of.service.title)
          : settingsStrings.form.replaceTitle(of.credential.name)
      }
      text={of.kind === "new" ? settingsStrings.form.text : settingsStrings.form.replaceText}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" disabled={save.isPending} onClick={go}>
            {of.kind === "new" ? settingsStrings.form.save : settingsStrings.form.put}
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
        <SecretField
          label={settingsStrings.form.secret}
          hint={settingsStrings.form.secretHint}
          choose={settingsStrings.form.file}
          error={tried && !secret.trim() ? settingsStrings.form.missing : faultOf("secret")}
          value={secret}
          onChange={setSecret}
        />
        {fields.map((field) => (
          <Field
            key={field.name}
            label={field.label}
            hint={field.hint}
            error={faultOf(`fields.${field.name}`)}
          >
            {(ids) => (
              <Input
                {...ids}
                autoComplete="off"
                value={beside[field.name] ?? ""}
                placeholder={field.initial === null ? "" : String(field.initial)}
                onChange={(event) => setBeside({ ...beside, [field.name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        {of.kind === "new" && (
          <Field
            label={settingsStrings.form.name}
            hint={settingsStrings.form.nameHint}
            error={faultOf("name")}
          >
            {(ids) => (
              <Input
                {...ids}
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
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
