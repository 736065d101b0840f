import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { VideoView } from "@/api";
import { readProvidersOptions, readVideosQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea, Toggle } from "@/components/ui/field";
import { sendKeys } from "@/lib/keyboard";
import { said } from "@/lib/problem";
import { againPrice, priceWords } from "@/lib/readiness";
import { moneyStrings } from "@/strings/money";
import { takesStrings } from "@/strings/takes";
import { ImageSwap } from "./image-swap";
import { regenerate } from "./regenerate";
import { failedAlike } from "./shots";

type Props = {
  video: VideoView;
  videos: VideoView[];
  mostChars: number;
  onClose: () => void;
  onMade: (videoId: string) => void;
};

/** Another take, with other words or another image if wanted. A failed one is made again in its place. */
export function RegenerateDialog({ video, videos, mostChars, onClose, onMade }: Props) {
  const [prompt, setPrompt] = useState(video.prompt_text);
  const [all, setAll] = useState(true);
  const [image, setImage] = useState<File | null>(null);
  const client = useQueryClient();
  const replaces = video.status !== "completed";
  const alike = video.status === "failed" ? failedAlike(videos, video) : [];
  const make = useMutation({
    mutationFn: async (of: VideoView) => {
      const these = all && alike.length > 1 ? alike : [of];
      const made: VideoView[] = [];
      for (const each of these) made.push(await regenerate(each.video_id, prompt.trim(), image));
      return made;
    },
    onError: (error) => toast.error(said(error)),
    onSuccess: (made) => {
      toast.success(takesStrings.regenerate.queued(made.length));
      onClose();
      if (made[0]) onMade(made[0].video_id);
    },
    // Also after a failure: some may have been made before it.
    onSettled: (_, __, of) =>
      client.invalidateQueries({ queryKey: readVideosQueryKey({ path: { job_id: of.job_id } }) }),
  });
  const { data: providers = [] } = useQuery(readProvidersOptions());
  const these = all && alike.length > 1 ? alike : [video];
  const price = priceWords(againPrice(these, providers));
  const maker = providers.find((each) => each.id === video.provider)?.title ?? video.provider;
  const length = prompt.trim().length;
  const error =
    length === 0
      ? takesStrings.regenerate.empty
      : length > mostChars
        ? takesStrings.regenerate.tooLong(mostChars)
        : undefined;
  const submit = () => !error && !make.isPending && make.mutate(video);
  return (
    <Dialog
      open
      onClose={onClose}
      title={(replaces ? takesStrings.regenerate.titleFailed : takesStrings.regenerate.title)(
        video.prompt_number,
      )}
      text={replaces && video.error_message ? video.error_message : undefined}
      footer={
        <>
          <span className="mr-auto self-center text-faint text-xs max-sm:hidden">
            {moneyStrings.by(maker)} · {sendKeys()}
          </span>
          <Button kind="primary" disabled={Boolean(error) || make.isPending} onClick={submit}>
            {moneyStrings.button(takesStrings.regenerate.make, price)}
          </Button>
        </>
      }
    >
      <Field
        label={takesStrings.regenerate.prompt}
        error={error}
        hint={replaces ? takesStrings.regenerate.replaces : takesStrings.regenerate.keeps}
        aside={
          <span className="tnum text-faint text-xs">{takesStrings.regenerate.chars(length, mostChars)}</span>
        }
      >
        {(ids) => (
          <Textarea
            {...ids}
            value={prompt}
            rows={6}
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit()}
          />
        )}
      </Field>
      {video.image_url && <ImageSwap video={video} image={image} onChange={setImage} />}
      {alike.length > 1 && (
        <Toggle
          label={takesStrings.regenerate.all(alike.length)}
          checked={all}
          onChange={(event) => setAll(event.target.checked)}
        />
      )}
    </Dialog>
  );
}
