import { FileKey } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";

type Props = {
  label: string;
  hint: string;
  choose: string;
  accept?: string;
  error?: string;
  value: string;
  onChange: (value: string) => void;
};

/** A secret, typed or taken from a file. It is not shown. */
export function SecretField({ label, hint, choose, accept, error, value, onChange }: Props) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <Field
        label={label}
        hint={hint}
        error={error}
        aside={
          <Button kind="ghost" size="sm" className="-my-1" onClick={() => file.current?.click()}>
            <FileKey />
            {choose}
          </Button>
        }
      >
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      <input
        ref={file}
        type="file"
        accept={accept}
        hidden
        aria-label={choose}
        onChange={async (event) => {
          const chosen = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (chosen) onChange((await chosen.text()).trim());
        }}
      />
    </>
  );
}
