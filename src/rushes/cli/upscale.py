"""`rushes upscale`: asks for 4K copies, sees to it that somebody works, and watches if told to."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from rushes.cli._background import NO_WORKER, Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, short, stderr
from rushes.cli._session import acting_user, find_job, find_video, with_runtime
from rushes.engine.local_work_states import OPEN_WORK, WorkStatus
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, NotFound
from rushes.library.rows import list_videos
from rushes.platform.media.upscaling import Codec, Quality, Recipe
from rushes.upscale.actions import start_upscale
from rushes.upscale.task_rows import view_task
from rushes.upscale.views import UpscaleView

POLL_SECONDS = 0.5


def upscale(
    what: Annotated[
        list[str],
        typer.Argument(metavar="JOB|VIDEO…", help="A job (all its finished videos), or ids of videos."),
    ],
    quality: Annotated[Quality, typer.Option(help="Time against likeness and size.")] = Quality.BALANCED,
    codec: Annotated[Codec, typer.Option(help="h264 plays everywhere.")] = Codec.H264,
    enhance: Annotated[
        bool, typer.Option("--enhance", help="Also remove noise and banding, and sharpen a little.")
    ] = False,
    hardware: Annotated[
        bool, typer.Option("--hardware", help="On the graphics card, where there is one that can.")
    ] = False,
    only_selected: Annotated[
        bool, typer.Option("--picks", "--only-selected", help="Of a job only the videos you picked.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until all have ended.")] = False,
    json: JsonOption = False,
) -> None:
    """Make 4K copies of finished videos, beside the originals.

    Asking for the same again makes nothing twice. `rushes download
    --resolution 4k` copies them out.

    [bold]Examples[/bold]
    $ rushes upscale last --wait
    $ rushes upscale 3f2a --quality high --codec h265 --picks
    $ rushes upscale 9c1e 77ab
    """
    recipe = Recipe(quality=quality, codec=codec, enhance=enhance, hardware=hardware)

    async def command(run: Runtime) -> int:
        videos = await _videos(run, what, only_selected)
        begun = await start_upscale(run, acting_user(), videos, recipe)
        print_note(begun.message)
        background = Background(run)
        if not await background.ensure_for_work():
            print_note(NO_WORKER, "yellow")
        view = await (_watch(run, begun.task_id, background) if wait else _view(run, begun.task_id))
        if json:
            print_json(view)
        else:
            _print_view(view)
        return Code.FAILED if any(each.status is WorkStatus.FAILED for each in view.videos) else Code.DONE

    exit_with(with_runtime(command))


async def _videos(run: Runtime, what: Sequence[str], only_selected: bool) -> list[UUID]:
    """The videos a person means: one job's, or those named."""
    async with run.db.begin() as session:
        if len(what) == 1:
            try:
                job_id = await find_job(session, what[0])
            except NotFound as no_job:
                try:
                    return [await find_video(session, what[0])]
                except NotFound:
                    raise no_job from None
            listed = await list_videos(session, acting_user(), job_id, selected_only=only_selected)
            finished = [video.video_id for video in listed if video.status is VideoStatus.COMPLETED]
            if not finished:
                which = "selected and finished" if only_selected else "finished"
                raise Conflict(f"Job {short(job_id)} has no {which} video.")
            return finished
        return [await find_video(session, each) for each in what]


async def _view(run: Runtime, task_id: UUID) -> UpscaleView:
    async with run.db.begin() as session:
        return await view_task(session, acting_user(), task_id)


async def _watch(run: Runtime, task_id: UUID, background: Background) -> UpscaleView:
    console = stderr()
    with Progress(
        TextColumn("upscaling {task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", total=100)
        while (view := await _view(run, task_id)).status in OPEN_WORK:
            description = f"{view.current_video} of {view.total_videos}"
            progress.update(bar, completed=view.progress, description=description)
            await background.ensure()
            await asyncio.sleep(POLL_SECONDS)
    return view


def _print_view(view: UpscaleView) -> None:
    done = sum(each.status is WorkStatus.COMPLETED for each in view.videos)
    print_result(f"{done} of {count(view.total_videos, 'video')} in 4K ({view.status}).")
    for each in view.videos:
        if each.error:
            print_note(f"{short(each.video_id)}: {each.error}", "yellow")
