import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import type { Doc, Story } from "@/features/stories/document";
import { readProject, saveBrand } from "@/features/stories/film-api";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";
import { Group } from "./fields";

const tl = filmStrings.look;
type Look = Doc["look"];

type Props = { story: Story; look: Look; onUse: (look: Partial<Look>) => void };

/** The look that a project keeps: new stories of it begin with it. */
export function Brand({ story, look, onUse }: Props) {
  const client = useQueryClient();
  const id = story.project_id;
  const key = ["stories", "brand", id];
  const { data: project } = useQuery({
    queryKey: key,
    queryFn: () => readProject(id ?? ""),
    enabled: id !== null,
  });
  const save = useMutation({
    // Its picture is a file of this story alone.
    mutationFn: ({ watermark: _, title_place: __, ...brand }: Look) => saveBrand(id ?? "", brand),
    onSuccess: (saved) => {
      client.setQueryData(key, saved);
      toast.success(tl.brandSaved);
    },
    onError: (error) => toast.error(said(error)),
  });
  const brand = project?.brand as Partial<Look> | null | undefined;
  return (
    <Group title={tl.brand}>
      <p className="text-muted text-xs">{project ? tl.brandText(project.name) : tl.brandNone}</p>
      {project && (
        <div className="flex flex-wrap gap-2">
          <Button disabled={save.isPending} onClick={() => save.mutate(look)}>
            {tl.brandSave}
          </Button>
          {brand && <Button onClick={() => onUse(brand)}>{tl.brandUse}</Button>}
        </div>
      )}
    </Group>
  );
}
