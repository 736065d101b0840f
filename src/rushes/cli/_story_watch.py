"""Watches a story until nothing happens any more without a person, and takes its film home."""

import asyncio
from pathlib import Path
from uuid import UUID

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from rushes.cli._background import NO_WORKER, Background
from rushes.cli._exit import Code
from rushes.cli._output import money, print_note, print_result, short, stderr
from rushes.cli._session import acting_user
from rushes.cli._stored import save_stored
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.platform.names import safe_filename
from rushes.story.films import film_file, films_of, get_film
from rushes.story.look import view_story
from rushes.story.products import PartState
from rushes.story.states import JobWord, StoryStatus
from rushes.story.views import FilmView, StoryView

POLL_SECONDS = 0.5
WORKER_SECONDS = 2.0
LINE_SECONDS = 5.0


async def story_view(run: Runtime, story_id: UUID) -> StoryView:
    """Return a story as it is now."""
    async with run.db.begin() as session:
        return await view_story(run, session, acting_user(), story_id)


async def watch_story(run: Runtime, story_id: UUID) -> StoryView:
    """Watch until the story has ended or needs a person; a worker is started if none is alive."""
    background, console, warned = Background(run), stderr(), False
    loop = asyncio.get_running_loop()
    checked = printed = float("-inf")
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", total=100)
        try:
            while True:
                view = await story_view(run, story_id)
                words = step_words(view)
                progress.update(bar, completed=view.progress, description=words)
                if not console.is_terminal and loop.time() - printed >= LINE_SECONDS:
                    printed = loop.time()
                    print_note(f"{view.progress:.0f} % {words}")
                if view.status is not StoryStatus.RUNNING:
                    return view
                if loop.time() - checked >= WORKER_SECONDS:
                    checked = loop.time()
                    if not await background.ensure() and not warned:
                        warned = True
                        print_note(NO_WORKER, "yellow")
                await asyncio.sleep(POLL_SECONDS)
        except asyncio.CancelledError:
            one = short(story_id)
            print_note(f"The story continues in the background. Watch it: rushes story render {one}")
            raise


def step_words(view: StoryView) -> str:
    """Return what a story is doing, in a few words."""
    if view.step is None:
        return "beginning"
    own = [each for each in view.parts if each.step is view.step]
    there = sum(each.state is PartState.THERE for each in own)
    return f"{view.step} {there}/{len(own)}" if len(own) > 1 else str(view.step)


async def watch_film(run: Runtime, film_id: UUID) -> FilmView:
    """Watch until a film or an export has ended."""
    background, console = Background(run), stderr()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", total=100)
        while True:
            async with run.db.statement() as session:
                film = await get_film(session, acting_user(), film_id)
            progress.update(bar, completed=film.progress, description=film.purpose)
            if film.status not in (JobWord.QUEUED, JobWord.PROCESSING):
                return film
            await background.ensure()
            await asyncio.sleep(POLL_SECONDS)


def code_of_story(view: StoryView) -> int:
    """Return the exit code of a story that stands still."""
    if view.status is StoryStatus.COMPLETED:
        return Code.DONE
    return Code.NEEDS_YOU if view.status in (StoryStatus.WAITING, StoryStatus.REVIEW) else Code.FAILED


def explain_story(view: StoryView) -> None:
    """Say why a story stands still, and what to do."""
    one = short(view.story_id)
    if view.reason:
        print_note(view.reason, "yellow" if view.status is not StoryStatus.FAILED else "red")
    match view.status:
        case StoryStatus.REVIEW:
            print_note(f"Look: rushes story show {one}. Change: rushes story edit {one}.")
            print_note(f"Continue: rushes story render {one}")
        case StoryStatus.WAITING:
            print_note(f"When it is fixed: rushes story render {one}")
        case StoryStatus.FAILED:
            print_note(f"Try again: rushes story render {one}")
        case _:
            if view.cost:
                print_note(f"{money(view.cost)} spent.")


async def newest_film(run: Runtime, story_id: UUID) -> FilmView:
    """Return the newest finished film of a story. Raises `NotFound`."""
    async with run.db.statement() as session:
        films = await films_of(session, acting_user(), story_id)
    done = [each for each in films if each.purpose == "film" and each.status is JobWord.COMPLETED]
    if not done:
        raise NotFound("The story has no film yet.", hint=f"rushes story render {short(story_id)}")
    return done[0]


async def save_film(run: Runtime, film: FilmView, name: str, into: Path, *, json: bool = False) -> list[Path]:
    """Copy every file of a film into a folder, and print where they lie; return the paths.

    With `json` the paths are remarks: standard output has the JSON alone.
    """
    await asyncio.to_thread(into.mkdir, parents=True, exist_ok=True)
    stem, saved = safe_filename(name, max_bytes=80), list[Path]()
    for each in film.files:
        async with run.db.statement() as session:
            file = await film_file(session, acting_user(), film.film_id, each)
        path = into / _file_name(stem, each)
        await save_stored(run, file, path)
        saved.append(path)
    for path in saved:
        (print_note if json else print_result)(str(path))
    return saved


def _file_name(stem: str, name: str) -> str:
    """`film.mp4` takes the name of the story; what lies beside it takes it too."""
    first, _, ending = name.rpartition(".")
    return f"{stem}.{ending}" if first in ("film", "captions", "export") else f"{stem} {name}"
