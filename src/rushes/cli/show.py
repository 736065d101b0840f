"""`rushes show`: one job and each of its videos."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.text import Text

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption
from rushes.cli._output import (
    count,
    duration,
    money,
    print_json,
    short,
    stdout,
    styled,
    table,
    when,
)
from rushes.cli._progress import wait_words, who_acts
from rushes.cli._session import acting_user, job_id_of, with_runtime
from rushes.cli._watch import explain, follow
from rushes.engine.runtime import Runtime
from rushes.engine.states import ENDED_JOBS, RUNNING_VIDEOS, VideoStatus
from rushes.engine.views import JobView, VideoView
from rushes.jobs.rows import get_job
from rushes.library.rows import list_videos

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer


class JobWithVideos(JobView):
    """What `rushes show --json` prints: the job as the API has it, and its videos."""

    videos: list[VideoView]


def show(
    job: JobArg,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until every video has ended.")] = False,
    json: JsonOption = False,
) -> None:
    """Show one job and each of its videos.

    [bold]Examples[/bold]
    $ rushes show last
    $ rushes show 3f2a --wait
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        background = Background(run)
        code: int | None = None
        if wait:
            code = await follow(run, job_id, background, json=False, quiet=True)
        async with run.db.begin() as session:
            view = await get_job(session, acting_user(), job_id)
            videos = await list_videos(session, acting_user(), job_id)
        return _print(view, videos, code, json)

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        job_id = _remote_jobs.find_job(server, job)
        code = _remote_jobs.follow(server, job_id, json=False, quiet=True) if wait else None
        view = _remote_jobs.job_of(server, job_id)
        return _print(view, _remote_jobs.videos_of(server, job_id), code, json)

    exit_with(with_runtime(command, remote))


def _print(view: JobView, videos: list[VideoView], code: int | None, json: bool) -> int:
    if json:
        print_json(JobWithVideos(**vars(view), videos=videos))
    else:
        stdout().print(details(view, videos))
        explain(view, videos)
    return code if code is not None else Code.DONE


def details(job: JobView, videos: list[VideoView]) -> Group:
    facts = table("", "")
    facts.show_header = False
    options = job.settings.get("options", {})
    chosen = ", ".join(
        _option(name, value) for name, value in options.items() if value not in (None, False, "")
    )
    for name, value in (
        ("job", f"{job.job_id}  {job.job_name}"),
        ("project", job.project.name if job.project else ""),
        ("status", styled(job.status)),
        ("queue", _queue_position(job)),
        ("waits", wait_words(job)),
        ("provider", f"{job.provider}, {job.model}: {chosen}"),
        ("input", f"{count(job.total_images, 'image')}, {count(job.total_prompts, 'prompt')}"),
        ("videos", _counts(job)),
        ("provider by", job.route_reason),
        ("cost", _cost(job)),
        ("created", when(job.created_at)),
        ("started", when(job.started_at)),
        ("ended", when(job.ended_at)),
    ):
        if value:
            facts.add_row(Text(name, "dim"), value if isinstance(value, Text) else Text(value))
    takes = table("video", "shot", "take", "image", "status", "", right=("shot", "take"))
    for video in videos:
        takes.add_row(
            short(video.video_id),
            str(video.prompt_number),
            str(video.video_index),
            Text(video.image_filename or ""),
            styled(video.status),
            Text(_about(video)),
        )
    return Group(facts, "", takes) if videos else Group(facts)


def _option(name: str, value: object) -> str:
    """Return an option in words: `duration 4 s`, `9:16`, `enhance prompt`."""
    words = name.replace("_", " ")
    if value is True:
        return words
    if words.endswith(" seconds"):
        return f"{words.removesuffix(' seconds')} {value} s"
    return f"{words} {value}"


def _queue_position(job: JobView) -> str:
    if job.queue is None:
        return ""
    turns = ", takes turns" if job.queue.takes_turns else ""
    return f"number {job.queue.position} in the queue{turns}"


def _cost(job: JobView) -> str:
    text = f"{money(job.cost)} so far" if job.cost else "nothing so far"
    if job.open_cost:
        text += f", {money(job.open_cost)} in progress"
    return text if job.budget is None else f"{text}, budget ${job.budget:.2f}"


def _counts(job: JobView) -> str:
    parts = [f"{job.completed_videos} of {job.expected_videos} done"]
    if job.failed_videos:
        parts.append(f"{job.failed_videos} failed")
    if job.waiting_videos:
        parts.append(f"{job.waiting_videos} waiting")
    if job.differing_videos:
        parts.append(f"{job.differing_videos} not as requested")
    if job.status not in ENDED_JOBS and job.eta_seconds is not None:
        parts.append(f"about {duration(job.eta_seconds)} left")
    return ", ".join(parts)


def _about(video: VideoView) -> str:
    """What there is to say of one video in half a line."""
    if video.status is VideoStatus.COMPLETED:
        selected = ", picked" if video.selected else ""
        differs = "".join(f"; {each.what}: requested {each.asked}" for each in video.delivered_differs)
        facts = f"{video.resolution}, {video.duration_seconds:g} s, {video.file_size_mb:.1f} MB"
        return f"{facts}{selected}{differs}"
    if video.status is VideoStatus.WAITING:
        return f"{who_acts(video)}: {video.error_message or ''}"
    if video.status in RUNNING_VIDEOS and (words := wait_words(video)):
        return words
    if video.status is VideoStatus.GENERATING:
        return "" if video.progress is None else f"{video.progress:.0f} %"
    if video.status is VideoStatus.FAILED:
        return f"{video.error_type}: {video.error_message or ''}"
    return ""
