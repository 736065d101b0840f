import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { WandSparkles } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { regenerateVideos, type VideoView } from "@/api";
import { readProvidersOptions, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { NO_REWRITE, type Rewrite, rewritten } from "@/lib/rewrite";
import { appStrings } from "@/strings/app";
import { bulkStrings } from "@/strings/bulk";
import { moneyStrings } from "@/strings/money";
import { samePrompts } from "./shots";

type Props = { videos: readonly VideoView[]; onClose: () => void; onDone: () => void };

const TOOLS = ["find", "replace", "prefix", "suffix"] as const;

/** The prompts of many takes in one table: each written by hand, or all changed alike. */
export function PromptsDialog({ videos, onClose, onDone }: Props) {
  const client = useQueryClient();
  const { data: providers = [] } = useQuery(readProvidersOptions());
  const [groups] = useState(() => samePrompts(videos));
  const [texts, setTexts] = useState(() => groups.map((each) => each.prompt));
  const [tool, setTool] = useState<Rewrite>(NO_REWRITE);
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map());
  const changed = groups.flatMap((each, nth) => {
    const text = texts[nth]?.trim();
    return text && text !== each.prompt ? each.takes.map((video) => ({ video, new_prompt: text })) : [];
  });
  const price = priceWords(
    againPrice(
      changed.map((each) => each.video),
      providers,
    ),
  );
  const make = useMutation({
    mutationFn: async () => {
      const body = {
        videos: changed.map(({ video, new_prompt }) => ({ video_id: video.video_id, new_prompt })),
      };
      return (await regenerateVideos({ body, throwOnError: true })).data;
    },
    onError: (error) => toast.error(said(error)),
    onSuccess: async ({ video_ids, refused }) => {
      if (video_ids.length > 0) toast.success(bulkStrings.queued(video_ids.length));
      setFaults(new Map(refused.map((each) => [each.video_id, each.message])));
      for (const job_id of new Set(videos.map((each) => each.job_id)))
        await client.invalidateQueries({ queryKey: readVideosQueryKey({ path: { job_id } }) });
      if (refused.length === 0) onDone();
      else toast.error(bulkStrings.refused(refused.length));
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={bulkStrings.editTitle(groups.length)}
      text={bulkStrings.editText}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button
            kind="primary"
            disabled={changed.length === 0 || make.isPending}
            title={changed.length === 0 ? bulkStrings.nothing : undefined}
            onClick={() => make.mutate()}
          >
            {moneyStrings.button(bulkStrings.generate(changed.length), price)}
          </Button>
        </>
      }
    >
      <form
        className="grid grid-cols-2 items-end gap-2 sm:grid-cols-[repeat(4,minmax(0,1fr))_auto]"
        onSubmit={(event) => {
          event.preventDefault();
          setTexts(
            texts.map((text, nth) => {
              const [first] = groups[nth]?.takes ?? [];
              if (!first) return text;
              return rewritten(text, tool, { number: first.prompt_number, image: first.image_filename });
            }),
          );
          setTool(NO_REWRITE);
        }}
      >
        {TOOLS.map((name) => (
          <Field key={name} label={bulkStrings[name]}>
            {(ids) => (
              <Input
                {...ids}
                value={tool[name]}
                maxLength={500}
                onChange={(event) => setTool({ ...tool, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <Button type="submit" disabled={TOOLS.every((name) => !tool[name])}>
          <WandSparkles />
          {bulkStrings.apply}
        </Button>
        <p className="col-span-full text-faint text-xs">{bulkStrings.variables}</p>
      </form>
      <ul className="flex flex-col gap-3">
        {groups.map(({ prompt, takes }, nth) => {
          const [first] = takes;
          if (!first) return null;
          const fault = takes.map((each) => faults.get(each.video_id)).find((each) => each !== undefined);
          const text = texts[nth] ?? "";
          return (
            <li key={first.video_id} className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-3">
              <div className="flex flex-col gap-1">
                <span className="tnum font-semibold text-sm">{first.prompt_number}</span>
                {first.image_url && (
                  <img
                    src={`${first.image_url}&width=112`}
                    alt={first.image_filename ?? ""}
                    className="size-14 rounded-md bg-raised object-cover"
                  />
                )}
              </div>
              <div className="flex min-w-0 flex-col gap-1">
                {first.status === "failed" && first.error_message && (
                  <p className="text-bad text-xs">{first.error_message}</p>
                )}
                <Field label={bulkStrings.prompt(first.prompt_number)} hideLabel error={fault}>
                  {(ids) => (
                    <Textarea
                      {...ids}
                      rows={2}
                      className={text.trim() !== prompt ? "border-accent-text!" : ""}
                      value={text}
                      onChange={(event) =>
                        setTexts(texts.map((each, index) => (index === nth ? event.target.value : each)))
                      }
                    />
                  )}
                </Field>
              </div>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
