import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { ProjectView } from "@/api";
import {
  deleteProjectMutation,
  readJobsQueryKey,
  readProjectsQueryKey,
  updateProjectMutation,
} from "@/api/@tanstack/react-query.gen";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { projectsStrings } from "@/strings/projects";

const NONE = "none";

type Props = { project: ProjectView; others: readonly ProjectView[] };

/** One project: its jobs, its name, the archive, its end. */
export function ProjectRow({ project, others }: Props) {
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const client = useQueryClient();
  const path = { project_id: project.id };
  const close = () => setOpen(null);
  const onError = (error: unknown) => toast.error(said(error));
  const onSettled = () =>
    Promise.all(
      [readProjectsQueryKey(), readJobsQueryKey()].map((queryKey) => client.invalidateQueries({ queryKey })),
    );
  const update = useMutation({ ...updateProjectMutation(), onError, onSettled, onSuccess: close });
  const remove = useMutation({
    ...deleteProjectMutation(),
    onError,
    onSettled,
    onSuccess: () => {
      close();
      toast.success(projectsStrings.gone);
    },
  });
  return (
    <div className="flex items-center gap-3 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <Link
            to="/"
            search={{ project: project.id }}
            className="truncate font-medium hover:underline hover:underline-offset-2"
          >
            {project.name}
          </Link>
          {project.archived && <Badge tone="neutral">{projectsStrings.archived}</Badge>}
        </p>
        <p className="tnum text-muted text-xs">{projectsStrings.jobs(project.jobs, project.active_jobs)}</p>
      </div>
      <Menu
        trigger={
          <Button kind="ghost" size="icon-sm" aria-label={`${appStrings.common.more}: ${project.name}`}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpen("rename")}>
          <Pencil />
          {projectsStrings.rename}
        </MenuItem>
        <MenuItem onSelect={() => update.mutate({ path, body: { archived: !project.archived } })}>
          {project.archived ? <ArchiveRestore /> : <Archive />}
          {project.archived ? projectsStrings.unarchive : projectsStrings.archive}
        </MenuItem>
        <MenuItem danger onSelect={() => setOpen("delete")}>
          <Trash2 />
          {projectsStrings.delete}
        </MenuItem>
      </Menu>
      {open === "rename" && (
        <Rename
          project={project}
          busy={update.isPending}
          onClose={close}
          onSave={(name) => update.mutate({ path, body: { name } })}
        />
      )}
      {open === "delete" && (
        <Delete
          project={project}
          others={others}
          busy={remove.isPending}
          onClose={close}
          onDelete={(jobs_to) => remove.mutate({ path, query: project.jobs > 0 ? { jobs_to } : {} })}
        />
      )}
    </div>
  );
}

type RenameProps = {
  project: ProjectView;
  busy: boolean;
  onClose: () => void;
  onSave: (name: string) => void;
};

function Rename({ project, busy, onClose, onSave }: RenameProps) {
  const [name, setName] = useState(project.name);
  return (
    <Dialog open onClose={onClose} title={projectsStrings.renameTitle(project.name)}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !busy) onSave(name);
        }}
      >
        <Field label={projectsStrings.name}>
          {(ids) => (
            <Input {...ids} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Button type="submit" kind="primary" className="self-end" disabled={!name.trim() || busy}>
          {projectsStrings.save}
        </Button>
      </form>
    </Dialog>
  );
}

type DeleteProps = {
  project: ProjectView;
  others: readonly ProjectView[];
  busy: boolean;
  onClose: () => void;
  onDelete: (jobsTo: string) => void;
};

function Delete({ project, others, busy, onClose, onDelete }: DeleteProps) {
  const [jobsTo, setJobsTo] = useState(NONE);
  return (
    <Dialog
      open
      onClose={onClose}
      title={projectsStrings.deleteTitle(project.name)}
      text={projectsStrings.deleteText(project.jobs)}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="danger" disabled={busy} onClick={() => onDelete(jobsTo)}>
            {projectsStrings.delete}
          </Button>
        </>
      }
    >
      {project.jobs > 0 && (
        <Field label={projectsStrings.jobsTo}>
          {(ids) => (
            <Select {...ids} value={jobsTo} onChange={(event) => setJobsTo(event.target.value)}>
              <option value={NONE}>{projectsStrings.none}</option>
              {others
                .filter((each) => !each.archived)
                .map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
            </Select>
          )}
        </Field>
      )}
    </Dialog>
  );
}
