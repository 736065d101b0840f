import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { Input } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { webhookStrings as strings } from "@/strings/webhooks";

/** Ask for a change, say that it is made, and read `key` again; why it was not made is shown. */
export function useSave<T = void>(
  key: QueryKey,
  done: string | null,
  change: (given: T) => Promise<unknown>,
) {
  const client = useQueryClient();
  return useMutation<unknown, unknown, T>({
    mutationFn: change,
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      if (done) toast.success(done);
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}

/** A secret that is shown once, ready to be copied. */
export function ShownSecret({ secret }: { secret: string }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-muted text-sm">{strings.secret}</p>
      <Input readOnly aria-label={strings.secret} value={secret} onFocus={(event) => event.target.select()} />
    </div>
  );
}
