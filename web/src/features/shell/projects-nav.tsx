import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, FolderCog } from "lucide-react";
import { readProjectsOptions } from "@/api/@tanstack/react-query.gen";
import { Menu, MenuItem } from "@/components/ui/menu";
import { count } from "@/lib/format";
import { projectsStrings } from "@/strings/projects";

/** The projects: each leads to its jobs. */
export function ProjectsNav() {
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex items-center gap-1 rounded-md px-2 py-1.5 text-muted text-sm hover:text-text max-md:hidden sm:px-2.5"
        >
          {projectsStrings.nav}
          <ChevronDown className="size-3.5" />
        </button>
      }
    >
      <Choices />
    </Menu>
  );
}

/** What the menu has: asked for when it is opened. */
function Choices() {
  const navigate = useNavigate();
  const { data: projects = [] } = useQuery(readProjectsOptions());
  return (
    <>
      {projects.map((each) => (
        <MenuItem key={each.id} onSelect={() => navigate({ to: "/", search: { project: each.id } })}>
          <span className="min-w-0 flex-1 truncate">{each.name}</span>
          <span className="tnum text-faint text-xs">{count(each.jobs)}</span>
        </MenuItem>
      ))}
      <MenuItem onSelect={() => navigate({ to: "/settings", hash: "projects" })}>
        <FolderCog />
        {projectsStrings.manage}
      </MenuItem>
    </>
  );
}
