import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { ProjectView } from "@/api";
import { createProjectMutation, readProjectsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { projectsStrings } from "@/strings/projects";
import { ProjectRow } from "./project-row";
import { Section } from "./section";

/** Folders of jobs: created, renamed, archived, deleted. */
export function Projects({ projects }: { projects: readonly ProjectView[] }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const create = useMutation({
    ...createProjectMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (project) => {
      setName("");
      void client.invalidateQueries({ queryKey: readProjectsQueryKey() });
      toast.success(projectsStrings.created(project.name));
    },
  });
  return (
    <Section id="projects" title={projectsStrings.title} text={projectsStrings.text}>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <form
          className="flex items-end gap-2 px-4 py-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() && !create.isPending) create.mutate({ body: { name } });
          }}
        >
          <div className="min-w-0 flex-1">
            <Field label={projectsStrings.name}>
              {(ids) => (
                <Input
                  {...ids}
                  value={name}
                  maxLength={100}
                  autoComplete="off"
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" disabled={!name.trim() || create.isPending}>
            <Plus />
            {projectsStrings.create}
          </Button>
        </form>
        {projects.length === 0 ? (
          <p className="border-line border-t px-4 py-3 text-muted text-sm">{projectsStrings.empty}</p>
        ) : (
          <ul className="divide-y divide-line border-line border-t">
            {projects.map((each) => (
              <li key={each.id}>
                <ProjectRow project={each} others={projects.filter((other) => other.id !== each.id)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}
