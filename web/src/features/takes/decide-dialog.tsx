import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import type { Decision, VideoView } from "@/api";
import { readCandidatesOptions, resolveVideoMutation } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { moment } from "@/lib/format";
import { said } from "@/lib/problem";
import { takesStrings } from "@/strings/takes";

const DECISIONS: readonly Decision[] = ["retry", "made", "give_up"];

/** The user's word on a submission of which nobody knows whether it was accepted. */
export function DecideDialog({ video, onClose }: { video: VideoView; onClose: () => void }) {
  const resolve = useMutation({
    ...resolveVideoMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: () => {
      toast.success(takesStrings.trouble.decided);
      onClose();
    },
  });
  const [picked, setPicked] = useState<string[]>([]);
  const candidates = useQuery(readCandidatesOptions({ path: { video_id: video.video_id } }));
  const found = candidates.data ?? [];
  return (
    <Dialog
      open
      onClose={onClose}
      title={takesStrings.trouble.decideTitle}
      text={takesStrings.trouble.uncertain}
    >
      <p className="tnum text-sm">
        <span className="font-medium">
          {takesStrings.gallery.take(video.prompt_number, video.video_index)}
        </span>{" "}
        · {video.provider}, {video.model} · {moment(video.generation_started_at ?? video.created_at)}
      </p>
      {found.length > 0 && (
        <section aria-label={takesStrings.trouble.candidates} className="mb-4 flex flex-col gap-2">
          <h3 className="font-medium text-sm">{takesStrings.trouble.candidates}</h3>
          <ul className="grid grid-cols-3 gap-2">
            {found.map(({ ref, said: name, picture }) => (
              <li key={ref}>
                <button
                  type="button"
                  aria-label={takesStrings.trouble.pick(name || ref)}
                  disabled={resolve.isPending}
                  className="flex w-full flex-col gap-1 rounded-lg border border-line p-1.5 text-left hover:bg-raised disabled:opacity-50 aria-pressed:border-accent aria-pressed:bg-raised"
                  aria-pressed={picked.includes(ref)}
                  onClick={() =>
                    setPicked(picked.includes(ref) ? picked.filter((each) => each !== ref) : [...picked, ref])
                  }
                >
                  {picture && (
                    <img src={picture} alt="" className="w-full rounded-md bg-well object-contain" />
                  )}
                  <span className="truncate text-xs">{name || ref}</span>
                </button>
              </li>
            ))}
          </ul>
          <Button
            kind="primary"
            disabled={picked.length === 0 || resolve.isPending}
            onClick={() =>
              resolve.mutate({ path: { video_id: video.video_id }, body: { decision: "made", picked } })
            }
          >
            {takesStrings.trouble.fetchPicked(picked.length)}
          </Button>
        </section>
      )}
      <ul className="flex flex-col gap-2">
        {DECISIONS.map((decision) => (
          <li key={decision}>
            <button
              type="button"
              disabled={resolve.isPending}
              className="w-full rounded-lg border border-line px-4 py-3 text-left hover:border-line-strong hover:bg-raised disabled:opacity-50"
              onClick={() => resolve.mutate({ path: { video_id: video.video_id }, body: { decision } })}
            >
              <span className="block font-medium">{takesStrings.trouble.decisions[decision].do}</span>
              <span className="text-muted text-sm">{takesStrings.trouble.decisions[decision].what}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
