import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { toast } from "sonner";
import type { FilmView } from "@/api";
import { Button, buttonLook } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Progress } from "@/components/ui/progress";
import { exportStory } from "@/features/stories/film-api";
import { keys } from "@/features/stories/use-story";
import { bytes } from "@/lib/format";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";

const tf = filmStrings.film;

type Props = { storyId: string; film: FilmView | null; onClose: () => void };

/** Everything of the story for an editing program, as one ZIP. */
export function ExportDialog({ storyId, film, onClose }: Props) {
  const client = useQueryClient();
  const pack = useMutation({
    mutationFn: () => exportStory(storyId),
    onSettled: () => client.invalidateQueries({ queryKey: keys.films(storyId) }),
    onError: (error) => toast.error(said(error)),
  });
  const file = film?.status === "COMPLETED" ? Object.values(film.files)[0] : undefined;
  const busy = pack.isPending || film?.status === "QUEUED" || film?.status === "PROCESSING";
  return (
    <Dialog
      open
      onClose={onClose}
      title={tf.exportTitle}
      text={tf.exportText}
      footer={
        file ? (
          <a href={`${file}?download=true`} className={buttonLook({ kind: "primary" })}>
            <Download />
            {tf.exportDownload}
            {film?.size_bytes ? ` · ${bytes(film.size_bytes)}` : ""}
          </a>
        ) : (
          <Button kind="primary" disabled={busy} onClick={() => pack.mutate()}>
            {busy ? tf.exportBusy : tf.exportStart}
          </Button>
        )
      }
    >
      {busy && <Progress label={tf.exportBusy} value={film?.progress ?? 0} />}
      {film?.status === "FAILED" && <p className="text-bad">{film.error}</p>}
      {film?.path && <code className="break-all text-muted text-xs">{film.path}</code>}
    </Dialog>
  );
}
