import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, Folder, FolderCog } from "lucide-react";
import { toast } from "sonner";
import type { JobView } from "@/api";
import {
  readJobQueryKey,
  readJobsQueryKey,
  readProjectsOptions,
  updateJobMutation,
} from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem } from "@/components/ui/menu";
import { said } from "@/lib/problem";
import { projectsStrings } from "@/strings/projects";

const NONE = "";

/** The project of a job, and another one for it. */
export function ProjectMenu({ job }: { job: JobView }) {
  const name = job.project?.name ?? projectsStrings.none;
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="sm" className="min-w-0 max-w-48" aria-label={projectsStrings.choose(name)}>
          <Folder />
          <span className="truncate">{name}</span>
          <ChevronDown />
        </Button>
      }
    >
      <Choices job={job} />
    </Menu>
  );
}

/** What the menu has: asked for when it is opened. */
function Choices({ job }: { job: JobView }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: projects = [] } = useQuery(readProjectsOptions());
  const path = { job_id: job.job_id };
  const update = useMutation({
    ...updateJobMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (now) => {
      client.setQueryData(readJobQueryKey({ path }), now);
      void client.invalidateQueries({ queryKey: readJobsQueryKey() });
      toast.success(now.project ? projectsStrings.moved(now.project.name) : projectsStrings.removed);
    },
  });
  const own = job.project;
  const choices = [
    { value: NONE, label: projectsStrings.none },
    // One that is archived is not among those that are offered, but the job is in it.
    ...(own && !projects.some((each) => each.id === own.id) ? [{ value: own.id, label: own.name }] : []),
    ...projects.map((each) => ({ value: each.id, label: each.name })),
  ];
  return (
    <>
      <MenuChoice
        label={projectsStrings.label}
        value={own?.id ?? NONE}
        options={choices}
        onChange={(value) => update.mutate({ path, body: { project_id: value || null } })}
      />
      <MenuItem onSelect={() => navigate({ to: "/settings", hash: "projects" })}>
        <FolderCog />
        {projectsStrings.manage}
      </MenuItem>
    </>
  );
}
