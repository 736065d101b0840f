import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FolderCog } from "lucide-react";
import { readProjectsOptions } from "@/api/@tanstack/react-query.gen";
import { buttonLook } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { projectsStrings } from "@/strings/projects";

type Props = { value: string | undefined; onChange: (project: string | undefined) => void };

/** Jobs of one project, or of none; archived projects have jobs, too. */
export function ProjectFilter({ value, onChange }: Props) {
  const { data: projects } = useQuery(readProjectsOptions({ query: { archived: true } }));
  if (!projects || (projects.length === 0 && !value)) return null;
  const current = projects.filter((each) => !each.archived);
  const archived = projects.filter((each) => each.archived);
  const known = value === undefined || value === "none" || projects.some((each) => each.id === value);
  const options = (some: typeof projects) =>
    some.map((each) => (
      <option key={each.id} value={each.id}>
        {each.name}
      </option>
    ));
  return (
    <>
      <Select
        aria-label={projectsStrings.label}
        value={value ?? ""}
        className="w-auto! min-w-0 bg-surface! max-sm:flex-1 sm:max-w-44"
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{projectsStrings.all}</option>
        {!known && <option value={value}>{projectsStrings.deleted}</option>}
        {options(current)}
        <option value="none">{projectsStrings.none}</option>
        {archived.length > 0 && (
          <optgroup label={projectsStrings.archivedGroup}>{options(archived)}</optgroup>
        )}
      </Select>
      <Link
        to="/settings"
        hash="projects"
        aria-label={projectsStrings.manage}
        title={projectsStrings.manage}
        className={buttonLook({ kind: "ghost", size: "icon" })}
      >
        <FolderCog />
      </Link>
    </>
  );
}
