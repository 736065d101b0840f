"""What the commands on jobs do: the same actions as the API's routes, told to a person."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from rich.console import Group
from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work import watch
from rushes.cli.work.background import Background, have_it_done
from rushes.cli.work.output import (
    count,
    duration,
    expected_price,
    money,
    out,
    short,
    styled,
    table,
    tell,
    tell_json,
    when,
)
from rushes.cli.work.progress import who_acts
from rushes.cli.work.session import acting_user, agreed, find_job, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import ENDED_JOBS, JobStatus, VideoStatus
from rushes.engine.views import JobView, VideoView
from rushes.jobs import actions
from rushes.jobs.rows import get_job
from rushes.jobs.start import start_job
from rushes.library.rows import list_videos

OnJob = Callable[[Runtime, UUID, UUID], Awaitable[Any]]


class JobWithVideos(JobView):
    """What `rushes show --json` prints: the job as the API has it, and its videos."""

    videos: list[VideoView]


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_job(session, given)


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.begin() as session:
        return await get_job(session, acting_user(), job_id)


def show(given: str, wait: bool, json: bool) -> int:
    """`rushes show`."""

    async def command(run: Runtime) -> int:
        job_id = await _find(run, given)
        background = Background(run)
        code: int | None = None
        if wait:
            code = await watch.follow(run, job_id, background, json=False, quiet=True)
        async with run.db.begin() as session:
            job = await get_job(session, acting_user(), job_id)
            videos = await list_videos(session, acting_user(), job_id)
        if json:
            tell_json(JobWithVideos(**vars(job), videos=videos))
        else:
            out().print(_details(job, videos))
            watch.explain(job, videos)
        return code if code is not None else Code.DONE

    return with_runtime(command)


def _details(job: JobView, videos: list[VideoView]) -> Group:
    facts = table("", "")
    facts.show_header = False
    options = job.settings.get("options", {})
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in options.items())
    for name, value in (
        ("job", f"{job.job_id}  {job.job_name}"),
        ("project", job.project.name if job.project else ""),
        ("status", styled(job.status)),
        ("place", _place(job)),
        ("provider", f"{job.provider}, {job.model}: {told}"),
        ("input", f"{count(job.total_images, 'image')}, {count(job.total_prompts, 'prompt')}"),
        ("videos", _counts(job)),
        ("chosen because", job.route_reason),
        ("cost", _cost(job)),
        ("made", when(job.created_at)),
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


def _place(job: JobView) -> str:
    if job.queue is None:
        return ""
    turns = ", takes turns" if job.queue.takes_turns else ""
    return f"number {job.queue.position} in the queue{turns}"


def _cost(job: JobView) -> str:
    told = f"{money(job.cost)} so far" if job.cost else "nothing so far"
    if job.open_cost:
        told += f", {money(job.open_cost)} on its way"
    return told if job.budget is None else f"{told}, budget ${job.budget:.2f}"


def _counts(job: JobView) -> str:
    told = [f"{job.completed_videos} of {job.expected_videos} done"]
    if job.failed_videos:
        told.append(f"{job.failed_videos} failed")
    if job.waiting_videos:
        told.append(f"{job.waiting_videos} waiting")
    if job.differing_videos:
        told.append(f"{job.differing_videos} not as requested")
    if job.status not in ENDED_JOBS and job.eta_seconds is not None:
        told.append(f"about {duration(job.eta_seconds)} left")
    return ", ".join(told)


def _about(video: VideoView) -> str:
    """What there is to say of one video in half a line."""
    if video.status is VideoStatus.COMPLETED:
        selected = ", selected" if video.selected else ""
        differs = "".join(f"; {each.what}: requested {each.asked}" for each in video.delivered_differs)
        facts = f"{video.resolution}, {video.duration_seconds:g} s, {video.file_size_mb:.1f} MB"
        return f"{facts}{selected}{differs}"
    if video.status is VideoStatus.WAITING:
        return f"{who_acts(video)}: {video.error_message or ''}"
    if video.status is VideoStatus.GENERATING:
        return "" if video.progress is None else f"{video.progress:.0f} %"
    if video.status is VideoStatus.QUEUED and video.retry_at:
        return f"again at {video.retry_at.astimezone():%H:%M:%S}: {video.error_message or ''}"
    if video.status is VideoStatus.FAILED:
        return f"{video.error_type}: {video.error_message or ''}"
    return ""


def start(given: str, json: bool) -> int:
    """`rushes start`."""

    async def command(run: Runtime) -> int:
        job_id = await _find(run, given)
        started = await start_job(run, acting_user(), job_id)
        if json:
            tell_json(started)
        else:
            minutes = duration(started.estimated_time_minutes * 60)
            cost = expected_price(started)
            tell(f"Job {short(job_id)} is started: {started.message} About {minutes}, {cost}.")
        await have_it_done(run, job_id)
        return Code.DONE

    return with_runtime(command)


def _act(given: str, json: bool, action: OnJob, told: Callable[[JobView], str], works: bool) -> int:
    """Do one thing to a job and say so. `works`: somebody must do the work from here on."""

    async def command(run: Runtime) -> int:
        job_id = await _find(run, given)
        await action(run, acting_user(), job_id)
        job = await _view(run, job_id)
        if json:
            tell_json(job)
        else:
            tell(f"Job {short(job_id)} ({job.job_name}) {told(job)}")
        if works:
            await have_it_done(run, job_id)
        return Code.DONE

    return with_runtime(command)


def pause(given: str, json: bool) -> int:
    """`rushes pause`."""
    return _act(
        given, json, actions.pause_job, lambda _: "is paused. What is in flight still arrives.", works=False
    )


def resume(given: str, json: bool) -> int:
    """`rushes resume`."""
    return _act(given, json, actions.resume_job, lambda _: "goes on.", works=True)


def retry(given: str, json: bool) -> int:
    """`rushes retry`."""
    retried = 0

    async def action(run: Runtime, owner: UUID, job_id: UUID) -> None:
        nonlocal retried
        retried = await actions.retry_failed(run, owner, job_id)

    def told(job: JobView) -> str:
        if job.status is JobStatus.PAUSED:
            again = f"{count(retried, 'video')} will be made again when you resume"
            return f"is paused. {again}: rushes resume {short(job.job_id)}"
        return f"goes on: {count(retried, 'video')} to make."

    return _act(given, json, action, told, works=True)


def cancel(given: str, json: bool) -> int:
    """`rushes cancel`. A submission that was sent is cancelled at the provider by a worker."""
    return _act(
        given,
        json,
        _cancel,
        lambda job: f"is cancelled. {count(job.completed_videos, 'finished video')} stayed.",
        works=False,
    )


async def _cancel(run: Runtime, owner: UUID, job_id: UUID) -> None:
    await actions.cancel_job(run, owner, job_id)
    await Background(run).ensure_for_work()


def delete(given: str, yes: bool) -> int:
    """`rushes delete`."""

    async def command(run: Runtime) -> int:
        job_id = await _find(run, given)
        job = await _view(run, job_id)
        videos = count(job.completed_videos, "video")
        what = f"job {short(job_id)} ({job.job_name}) with {videos}"
        if not await agreed(what, yes):
            return Code.USAGE
        await actions.delete_job(run, acting_user(), job_id)
        await Background(run).ensure_for_work()
        tell(f"Deleted {what}.")
        return Code.DONE

    return with_runtime(command)
