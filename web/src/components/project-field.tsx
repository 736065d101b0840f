import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { readProjectsOptions } from "@/api/@tanstack/react-query.gen";
import { Field, Select } from "@/components/ui/field";
import { projectsStrings } from "@/strings/projects";

type Props = { value: string | null; disabled: boolean; onChange: (project: string | null) => void };

/** The project that a new job goes into. */
export function ProjectField({ value, disabled, onChange }: Props) {
  const { data: projects } = useQuery(readProjectsOptions());
  if (!projects) return null;
  if (projects.length === 0) {
    return (
      <p className="text-faint text-xs">
        <Link to="/settings" hash="projects" className="underline underline-offset-2">
          {projectsStrings.emptyHint}
        </Link>
      </p>
    );
  }
  return (
    <Field label={projectsStrings.label}>
      {(ids) => (
        <Select
          {...ids}
          value={value ?? ""}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value || null)}
        >
          <option value="">{projectsStrings.none}</option>
          {projects.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
