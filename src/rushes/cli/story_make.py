"""`rushes story render`, `export` and `translate`: what is made of a story."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, short
from rushes.cli._session import acting_user, find_story, with_runtime
from rushes.cli._story_watch import (
    code_of_story,
    explain_story,
    newest_film,
    save_film,
    story_view,
    watch_film,
    watch_story,
)
from rushes.cli.story import StoryArg
from rushes.engine.runtime import Runtime
from rushes.story.actions import start_story
from rushes.story.making import export_story, translate_story
from rushes.story.stale import StoryStep
from rushes.story.states import JobWord, StoryStatus

ToOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Save it here.", show_default=False)]


def render(
    story: StoryArg,
    until: Annotated[StoryStep, typer.Option(help="The last step to make.")] = StoryStep.FILM,
    to: ToOption = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for it.")] = False,
    json: JsonOption = False,
) -> None:
    """Make what is missing or stale, and the film.

    What is there is not made again. A story that stopped for review continues.

    [bold]Examples[/bold]
    $ rushes story render last --to film/
    $ rushes story render last --until voice
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            story_id = await find_story(session, story)
        await start_story(run, acting_user(), story_id, until)
        view = await (story_view(run, story_id) if no_wait else watch_story(run, story_id))
        if json:
            print_json(view)
        done = view.status is StoryStatus.COMPLETED
        if done and to is not None and until is StoryStep.FILM:
            await save_film(run, await newest_film(run, story_id), view.name, to, json=json)
        elif done and not json:
            print_result(f"Story {short(story_id)} ({view.name}): {until} is there.")
        explain_story(view)
        return Code.DONE if no_wait else code_of_story(view)

    exit_with(with_runtime(command))


def export(story: StoryArg, to: ToOption = None, json: JsonOption = False) -> None:
    """Pack a story for editing programs into a ZIP.

    Film, scenes, sound, captions, timelines for DaVinci Resolve, Premiere Pro,
    Final Cut Pro and Kdenlive, script and credits; all paths in it are relative.

    [bold]Example[/bold]
    $ rushes story export last --to film/
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            story_id = await find_story(session, story)
        view = await story_view(run, story_id)
        film = await watch_film(run, await export_story(run, acting_user(), story_id))
        if json:
            print_json(film)
        if film.status is not JobWord.COMPLETED:
            print_note(film.error or "The export could not be packed.", "red")
            return Code.FAILED
        await save_film(run, film, view.name, to or Path.cwd(), json=json)
        return Code.DONE

    exit_with(with_runtime(command))


def translate(
    story: StoryArg,
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Such as de or pt-BR.")],
    to: ToOption = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for it.")] = False,
    json: JsonOption = False,
) -> None:
    """Copy a story into another language.

    Same scenes and pictures, other words, a voice that speaks it. It needs a
    script provider that translates.

    [bold]Example[/bold]
    $ rushes story translate last de --to film/
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            story_id = await find_story(session, story)
        copy = await translate_story(run, acting_user(), story_id, language)
        await start_story(run, acting_user(), copy)
        view = await (story_view(run, copy) if no_wait else watch_story(run, copy))
        if json:
            print_json(view)
        if view.status is StoryStatus.COMPLETED and to is not None:
            await save_film(run, await newest_film(run, copy), view.name, to, json=json)
        elif not json:
            print_result(f"Story {short(copy)} ({view.name}) is {view.status}.")
        explain_story(view)
        return Code.DONE if no_wait else code_of_story(view)

    exit_with(with_runtime(command))
