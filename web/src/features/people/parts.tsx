import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Input } from "@/components/ui/field";
import { said } from "@/lib/problem";

/** Ask for a change; everything about people is read again after it. */
export function useChange<T = void>(change: (given: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation<unknown, unknown, T>({
    mutationFn: change,
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [key] }) =>
          ["readMe", "readMembers", "readTokens", "readSessions", "readUsers"].includes(
            (key as { _id?: string } | undefined)?._id ?? "",
          ),
      }),
  });
}

export function Part({ title, error, children }: { title: string; error?: unknown; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line p-3">
      <h3 className="font-medium">{title}</h3>
      {children}
      {error ? (
        <p role="alert" className="text-bad text-sm">
          {said(error)}
        </p>
      ) : null}
    </div>
  );
}

export function Line({ children }: { children: ReactNode }) {
  return <li className="flex min-w-0 flex-wrap items-center gap-2 text-sm">{children}</li>;
}

/** A secret that is shown once. */
export function Shown({ text, secret }: { text: string; secret: string }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-muted text-sm">{text}</p>
      <Input readOnly aria-label={text} value={secret} onFocus={(event) => event.target.select()} />
    </div>
  );
}
