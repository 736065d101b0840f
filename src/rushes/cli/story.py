"""`rushes story list` and `show`: what stories there are, and what of each is there."""

from typing import Annotated

import typer
from rich.text import Text

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import money, print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._session import acting_user, find_project, find_story, with_runtime
from rushes.cli._story_watch import explain_story, story_view
from rushes.engine.runtime import Runtime
from rushes.engine.views import Pagination
from rushes.story.look import cards_of
from rushes.story.products import PartState
from rushes.story.rows import page_of_stories, versions_of
from rushes.story.views import StoryPage, StoryView

StoryArg = Annotated[
    str,
    typer.Argument(metavar="STORY", help="Its id, the start of its id, its name, or `last`."),
]
LISTED = 50
_MARKS = {PartState.THERE: "ok", PartState.MISSING: "-"}


def list_(
    project: Annotated[
        str | None, typer.Option(metavar="PROJECT", help="Only of a project.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """List your stories, the newest first.

    [bold]Example[/bold]
    $ rushes story list --project "Winter 2026"
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            project_id = None if project is None else await find_project(session, project)
            rows, total = await page_of_stories(session, acting_user(), project=project_id, limit=LISTED)
            cards = await cards_of(session, rows)
        if json:
            page = Pagination.of(page=1, limit=LISTED, total=total)
            print_json(StoryPage(items=cards, pagination=page))
        elif not cards:
            print_note("There is no story yet: rushes film TOPIC")
        else:
            listed = table("story", "name", "status", "shape", "", "length", "created", right=("length",))
            for each in cards:
                listed.add_row(
                    short(each.story_id),
                    Text(each.name),
                    str(each.status),
                    each.shape,
                    each.language,
                    f"{each.seconds:.0f} s" if each.seconds else "",
                    when(each.created_at),
                )
            stdout().print(listed)
        return Code.DONE

    exit_with(with_runtime(command))


def show(
    story: StoryArg,
    versions: Annotated[bool, typer.Option("--versions", help="List its versions.")] = False,
    json: JsonOption = False,
) -> None:
    """Show one story: its script, and what of it is there.

    [bold]Examples[/bold]
    $ rushes story show last
    $ rushes story show 3f2a --versions
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            story_id = await find_story(session, story)
            listed = await versions_of(session, acting_user(), story_id)
        view = await story_view(run, story_id)
        if json:
            print_json(view)
            return Code.DONE
        _print_story(view)
        if versions:
            for each in listed:
                print_result(f"{each.number:>4}  {when(each.created_at)}  {each.change}")
        explain_story(view)
        return Code.DONE

    exit_with(with_runtime(command))


def _print_story(view: StoryView) -> None:
    document = view.document
    length = f", {view.seconds:.0f} s" if view.seconds else ""
    cost = f", {money(view.cost)}" if view.cost else ""
    print_result(
        f"Story {short(view.story_id)} ({view.name}): {view.status}, version {view.version},"
        f" {view.language}, {view.shape}{length}{cost}."
    )
    states = {(str(each.step), each.section_id): each for each in view.parts}
    listed = table("", "section", "narration", "voice", "picture", "scene")
    for number, section in enumerate(document.sections, start=1):
        own = [states.get((step, section.id)) for step in ("voice", "pictures", "scenes")]
        listed.add_row(
            str(number),
            Text(section.heading or section.id),
            Text(section.narration[:60]),
            *(("" if each is None else _MARKS.get(each.state, str(each.state))) for each in own),
        )
    stdout().print(listed)
