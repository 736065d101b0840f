"""The commands on projects and on the order of the queue, declared."""

from typing import TYPE_CHECKING, Annotated

import typer

from rushes.cli._lazy import lazy
from rushes.cli._words import JobArg, JsonOption, YesOption, leave
from rushes.jobs.queue_views import Move

if TYPE_CHECKING:
    from rushes.cli.work import projects as work
else:
    work = lazy("rushes.cli.work.projects")

PANEL = "Jobs"
ProjectArg = Annotated[
    str, typer.Argument(metavar="PROJECT", help="Its name, its id, or the start of its id.")
]
ArchivedOption = Annotated[bool, typer.Option("--archived", help="Also list archived projects.")]

projects = typer.Typer(
    invoke_without_command=True,
    help="""Projects: folders that jobs belong to. Alone, it lists them.

    [bold]Examples[/bold]
    $ rushes projects
    $ rushes projects create "Winter 2026"
    $ rushes batch photos prompts.txt --project "Winter 2026"
    """,
    rich_markup_mode="rich",
)


def declare(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(projects, name="projects", rich_help_panel=PANEL)
    app.command(rich_help_panel=PANEL)(move)


@projects.callback()
def listed_by_default(context: typer.Context) -> None:
    # The help is the group's: a docstring here would replace it.
    if context.invoked_subcommand is None:
        leave(work.list_all(archived=False, json=False))


@projects.command(name="list")
def list_(archived: ArchivedOption = False, json: JsonOption = False) -> None:
    """List your projects by name.

    [bold]Example[/bold]
    $ rushes projects list --archived
    """
    leave(work.list_all(archived=archived, json=json))


@projects.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")], json: JsonOption = False
) -> None:
    """Create a project.

    [bold]Example[/bold]
    $ rushes projects create "Winter 2026"
    """
    leave(work.create(name, json=json))


@projects.command()
def rename(
    project: ProjectArg,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")],
    json: JsonOption = False,
) -> None:
    """Rename a project.

    [bold]Example[/bold]
    $ rushes projects rename "Winter 2026" "Winter lookbook"
    """
    leave(work.rename(project, name, json=json))


@projects.command()
def archive(project: ProjectArg, json: JsonOption = False) -> None:
    """Archive a project: it takes no new jobs, and its jobs stay.

    [bold]Example[/bold]
    $ rushes projects archive "Winter 2026"
    """
    leave(work.archive(project, archived=True, json=json))


@projects.command()
def unarchive(project: ProjectArg, json: JsonOption = False) -> None:
    """Take a project out of the archive.

    [bold]Example[/bold]
    $ rushes projects unarchive "Winter 2026"
    """
    leave(work.archive(project, archived=False, json=json))


@projects.command()
def assign(
    job: JobArg,
    project: Annotated[
        str | None,
        typer.Argument(metavar="[PROJECT]", help="The project. Left out: none.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Put a job into a project, or out of any.

    [bold]Examples[/bold]
    $ rushes projects assign last "Winter 2026"
    $ rushes projects assign last
    """
    leave(work.assign(job, project, json=json))


@projects.command()
def delete(
    project: ProjectArg,
    jobs_to: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT",
            help="Where its jobs go: another project, or `none`. Needed if it has any.",
            show_default=False,
        ),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Delete a project, never its jobs.

    [bold]Examples[/bold]
    $ rushes projects delete "Winter 2026"
    $ rushes projects delete "Winter 2026" --jobs-to none --yes
    """
    leave(work.delete(project, jobs_to, yes))


def move(
    job: JobArg,
    to: Annotated[Move, typer.Argument(help="Where to; `turns` gives its place up.", show_default=False)],
    json: JsonOption = False,
) -> None:
    """Have a job made earlier or later than your other ones.

    Jobs take turns as long as you move none. What is above a moved job goes
    first, what is below it goes after it; the others still take turns. Videos
    that are already submitted are not recalled.

    [bold]Examples[/bold]
    $ rushes move last top
    $ rushes move 3f2a down
    $ rushes jobs --sort queue
    """
    leave(work.move(job, to, json=json))
