import { FileText } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { bytes } from "@/lib/format";
import { ACCEPT_PROMPTS, add, look, problems } from "@/lib/pile";
import { batchStrings } from "@/strings/batch";
import { Chip } from "./drop-zone";
import type { PromptsSource } from "./use-batch";

/** Prompts: a file, or written here. */
export function PromptsField({ batch }: { batch: PromptsSource }) {
  const { pile, from, pasted, sending } = batch;
  const input = useRef<HTMLInputElement>(null);
  return (
    <section className="flex flex-col gap-2">
      <Segments
        label={batchStrings.prompts}
        value={from}
        disabled={sending}
        className="w-64 max-w-full"
        options={[
          { value: "file", label: batchStrings.promptsFile },
          { value: "text", label: batchStrings.promptsPasted },
        ]}
        onChange={batch.setFrom}
      />
      {from === "text" ? (
        <Field label={batchStrings.promptsPasted} hideLabel hint={batchStrings.promptsHint}>
          {(ids) => (
            <Textarea
              {...ids}
              rows={8}
              disabled={sending}
              placeholder={batchStrings.promptsPlaceholder}
              value={pasted}
              onChange={(event) => batch.setPasted(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          {pile.prompts.map((file) => (
            <Chip
              key={`${file.name} ${file.size}`}
              icon={<FileText />}
              name={file.name}
              note={bytes(file.size)}
              onRemove={() =>
                batch.setPile({ ...pile, prompts: pile.prompts.filter((each) => each !== file) })
              }
            />
          ))}
          {pile.prompts.length === 0 && (
            <>
              <Button disabled={sending} onClick={() => input.current?.click()}>
                <FileText />
                {batchStrings.promptsDrop}
              </Button>
              <span className="text-faint text-xs">
                {pile.zip ? batchStrings.promptsInZip : batchStrings.promptsKinds}
              </span>
            </>
          )}
          <input
            ref={input}
            type="file"
            hidden
            accept={ACCEPT_PROMPTS}
            aria-label={batchStrings.promptsDrop}
            onChange={async (event) => {
              const chosen = [...(event.currentTarget.files ?? [])];
              event.currentTarget.value = "";
              batch.setPile(add(pile, await look(chosen)));
            }}
          />
        </div>
      )}
      {from === "file" && problems(pile).includes("zip-and-texts") && (
        <p className="text-bad text-sm">{batchStrings.zipAndTexts}</p>
      )}
    </section>
  );
}
