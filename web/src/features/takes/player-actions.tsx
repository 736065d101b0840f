import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copy, FileVideo, Link2, PencilLine, Scaling, Shuffle, StepForward } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { editVideo, extendVideo, type VideoView } from "@/api";
import { readProvidersOptions, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button, buttonLook } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { appStrings } from "@/strings/app";
import { moneyStrings } from "@/strings/money";
import { takesStrings } from "@/strings/takes";
import type { TakeActions } from "./take-actions";
import { upscalable } from "./upscale-tasks";

type Props = { video: VideoView; actions: TakeActions };

/** What can be made from a take: the next video, a changed or longer one, a 4K copy. */
export function PlayerActions({ video, actions }: Props) {
  const [asking, setAsking] = useState<"edit" | "extend" | null>(null);
  const { data: providers = [] } = useQuery(readProvidersOptions());
  const modes = providers.find((each) => each.id === video.provider)?.modes ?? [];
  const small = upscalable([video]);
  return (
    <div className="flex flex-wrap gap-2">
      <Link to="/studio" search={{ start: video.video_id }} className={buttonLook({ size: "sm" })}>
        <FileVideo />
        {takesStrings.player.startFrom}
      </Link>
      <Link to="/studio" search={{ reuse: video.video_id }} className={buttonLook({ size: "sm" })}>
        <Shuffle />
        {takesStrings.player.reuse}
      </Link>
      {modes.includes("extend") && (
        <Button size="sm" onClick={() => setAsking("extend")}>
          <StepForward />
          {takesStrings.player.extend}
        </Button>
      )}
      {modes.includes("edit") && (
        <Button size="sm" onClick={() => setAsking("edit")}>
          <PencilLine />
          {takesStrings.player.edit}
        </Button>
      )}
      {small.length > 0 && (
        <Button size="sm" onClick={() => actions.upscale(small)}>
          <Scaling />
          {moneyStrings.button(takesStrings.player.upscale, moneyStrings.free)}
        </Button>
      )}
      <Button size="sm" kind="ghost" onClick={() => copy(video.prompt_text)}>
        <Copy />
        {takesStrings.player.copyPrompt}
      </Button>
      <Button size="sm" kind="ghost" onClick={() => copy(location.href)}>
        <Link2 />
        {takesStrings.player.copyLink}
      </Button>
      {asking && (
        <ChangeDialog
          video={video}
          extend={asking === "extend"}
          price={priceWords(againPrice([video], providers))}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.success(takesStrings.player.copied);
  } catch {
    toast.error(takesStrings.player.notCopied);
  }
}

type ChangeProps = { video: VideoView; extend: boolean; price: string; onClose: () => void };

/** What is to be different, or what happens next. */
function ChangeDialog({ video, extend, price, onClose }: ChangeProps) {
  const [prompt, setPrompt] = useState("");
  const client = useQueryClient();
  const words = extend ? takesStrings.player.extendWords : takesStrings.player.editWords;
  const make = useMutation({
    mutationFn: () =>
      (extend ? extendVideo : editVideo)({
        path: { video_id: video.video_id },
        body: { prompt: prompt.trim() },
        throwOnError: true,
      }),
    onError: (error) => toast.error(said(error)),
    onSuccess: async () => {
      toast.success(takesStrings.regenerate.queued(1));
      onClose();
      await client.invalidateQueries({ queryKey: readVideosQueryKey({ path: { job_id: video.job_id } }) });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      text={words.text}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" disabled={!prompt.trim() || make.isPending} onClick={() => make.mutate()}>
            {moneyStrings.button(words.do, price)}
          </Button>
        </>
      }
    >
      <Field label={takesStrings.regenerate.prompt}>
        {(ids) => (
          <Textarea {...ids} rows={4} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
        )}
      </Field>
    </Dialog>
  );
}
