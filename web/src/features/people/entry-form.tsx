import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { problemOf } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { peopleStrings } from "@/strings/people";

type FormProps = {
  title: string;
  text?: string | undefined;
  go: string;
  onGo: () => Promise<unknown>;
  children: ReactNode;
  after?: ReactNode;
};

/** One form: its fields, what went wrong, one button. */
export function Form({ title, text, go, onGo, children, after }: FormProps) {
  const send = useMutation<unknown, unknown, void>({ mutationFn: onGo });
  const problem = send.error ? problemOf(send.error) : null;
  useEffect(() => {
    document.title = `${title} · ${appStrings.app}`;
  }, [title]);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!send.isPending) send.mutate();
      }}
    >
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {text && <p className="text-muted">{text}</p>}
      {children}
      {problem && (
        <p role="alert" className="text-bad text-sm">
          {[problem.detail, ...(problem.errors ?? []).map((each) => each.message), problem.hint ?? ""].join(
            " ",
          )}
        </p>
      )}
      <Button kind="primary" size="lg" type="submit" disabled={send.isPending}>
        {go}
      </Button>
      {after}
    </form>
  );
}

type TextProps = {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password";
  complete: string;
};

export function Text({ label, hint, value, onChange, type = "text", complete }: TextProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <Input
          {...ids}
          required
          type={type}
          value={value}
          autoComplete={complete}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function NewPerson({
  email,
  name,
  password,
  set,
}: {
  email: string;
  name: string;
  password: string;
  set: (change: { email?: string; name?: string; password?: string }) => void;
}) {
  return (
    <>
      <Text
        label={peopleStrings.email}
        type="email"
        complete="username"
        value={email}
        onChange={(value) => set({ email: value })}
      />
      <Text
        label={peopleStrings.name}
        hint={peopleStrings.nameHint}
        complete="name"
        value={name}
        onChange={(value) => set({ name: value })}
      />
      <Text
        label={peopleStrings.password}
        hint={peopleStrings.passwordHint}
        type="password"
        complete="new-password"
        value={password}
        onChange={(value) => set({ password: value })}
      />
    </>
  );
}

export const NOBODY = { email: "", name: "", password: "" };
