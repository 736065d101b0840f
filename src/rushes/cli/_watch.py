"""Watches a job until nothing happens any more without a person: bars on a terminal, lines elsewhere."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from rich.live import Live

from rushes.cli._background import NO_WORKER, Background
from rushes.cli._exit import Code
from rushes.cli._output import count, money, print_json, print_note, print_result, short, stderr
from rushes.cli._progress import job_words, live_view, shot_lines
from rushes.cli._session import acting_user
from rushes.engine.runtime import Runtime
from rushes.engine.states import ENDED_JOBS, RUNNING_VIDEOS, JobStatus, VideoStatus, WaitingFor
from rushes.engine.views import JobView, VideoView
from rushes.errors import Actor
from rushes.jobs.rows import get_job
from rushes.library.rows import list_videos

POLL_SECONDS = 0.5
SHARE = 10
"""Looking takes at most this part of the time: a job of thousands of videos is looked at less often."""
LINE_SECONDS = 5.0
WORKER_SECONDS = 2.0


Look = Callable[[], Awaitable[tuple[JobView, list[VideoView]]]]


async def follow(
    run: Runtime, job_id: UUID, background: Background, *, json: bool, quiet: bool = False
) -> int:
    """Watch until the job has ended or needs a person. Returns the exit code.

    Prints the result and where to go next, unless `quiet`.
    """

    async def look() -> tuple[JobView, list[VideoView]]:
        async with run.db.begin() as session:
            job = await get_job(session, acting_user(), job_id)
            return job, await list_videos(session, acting_user(), job_id)

    return await follow_by(look, background.ensure, job_id, json=json, quiet=quiet)


async def follow_by(
    look: Look, ensure: Callable[[], Awaitable[bool]], job_id: UUID, *, json: bool, quiet: bool = False
) -> int:
    """The same, by whatever tells of the job. `ensure` sees to it that somebody works."""
    try:
        job, videos = await _watch(look, ensure)
    except asyncio.CancelledError:
        one = short(job_id)
        print_note(
            f"The job continues in the background. Watch it: rushes show {one} --wait."
            f" Stop it: rushes cancel {one}."
        )
        raise
    if not quiet:
        if json:
            print_json(job)
        else:
            print_result(_result(job))
        explain(job, videos)
    return code_of(job)


async def _watch(look: Look, ensure: Callable[[], Awaitable[bool]]) -> tuple[JobView, list[VideoView]]:
    console = stderr()
    live = Live(console=console, auto_refresh=False, transient=False) if console.is_terminal else None
    checked_at = printed_at = float("-inf")
    printed, warned = "", False
    with live or contextlib.nullcontext():
        while True:
            began = time.monotonic()
            job, videos = await look()
            if live:
                live.update(live_view(job, shot_lines(videos), console.height), refresh=True)
            elif job_words(job) != printed and began - printed_at >= LINE_SECONDS:
                printed, printed_at = job_words(job), began
                print_note(printed)
            if has_settled(job, videos):
                return job, videos
            if began - checked_at >= WORKER_SECONDS:
                checked_at = began
                if not await ensure() and not warned:
                    warned = True
                    print_note(NO_WORKER, "yellow")
            await asyncio.sleep(max(POLL_SECONDS, SHARE * (time.monotonic() - began)))


def has_settled(job: JobView, videos: list[VideoView]) -> bool:
    """Whether nothing more happens automatically."""
    if job.status is JobStatus.PAUSED:
        # What was in flight when it was paused still arrives.
        return not any(video.status is VideoStatus.GENERATING for video in videos) or job.paused_by != "user"
    if job.status is not JobStatus.PROCESSING:
        return True
    return job.waiting_videos > 0 and not any(
        video.status in RUNNING_VIDEOS or video.next_actor is Actor.CLOCK for video in videos
    )


def code_of(job: JobView) -> int:
    """The exit code of a job that stands still."""
    if job.waiting_videos or job.status not in ENDED_JOBS:
        return Code.NEEDS_YOU
    whole = job.status is JobStatus.COMPLETED and job.failed_videos == 0
    return Code.DONE if whole else Code.FAILED


def _result(job: JobView) -> str:
    cost = f", {money(job.cost)} spent" if job.cost else ""
    failed = f", {job.failed_videos} failed" if job.failed_videos else ""
    return (
        f"Job {short(job.job_id)} ({job.job_name}) is {job.status}: {job.completed_videos} of"
        f" {count(job.expected_videos, 'video')} done{failed}{cost}."
    )


def explain(job: JobView, videos: list[VideoView]) -> None:
    """Say why videos are not there, who must act, and where to go next."""
    one = short(job.job_id)
    for reason in job.error_summary:
        verb = "waiting" if reason.waiting_for else "failed"
        print_note(f"{count(reason.count, 'video')} {verb} ({reason.error_type}): {reason.message}", "yellow")
    if job.status is JobStatus.PENDING:
        print_note(f"It has not been started: rushes start {one}")
    if job.status is JobStatus.PAUSED:
        print_note(f"{job.pause_reason or 'It is paused.'} Resume it: rushes resume {one}", "yellow")
    differing = [video for video in videos if video.delivered_differs]
    if differing:
        first = ", ".join(
            f"{each.what} {each.delivered} instead of {each.asked}" for each in differing[0].delivered_differs
        )
        print_note(
            f"{count(len(differing), 'video')} not as requested (the first: {first}). They"
            " are kept: keep them, or make them again.",
            "yellow",
        )
    uncertain = [video for video in videos if video.waiting_for is WaitingFor.UNCERTAIN]
    for video in uncertain[:3]:
        print_note(
            f"Decide on {short(video.video_id)} (shot {video.prompt_number}, take {video.video_index}):"
            f" rushes resolve {short(video.video_id)} --retry, --made or --give-up"
        )
    if len(uncertain) > 3:
        print_note(f"… and {len(uncertain) - 3} more: rushes show {one}")
    if any(video.status is VideoStatus.WAITING for video in videos if video not in uncertain):
        print_note(f"When it is fixed: rushes retry {one}")
    elif job.failed_videos and job.status in ENDED_JOBS:
        print_note(f"Retry the failed ones: rushes retry {one}")
    if job.completed_videos and job.status in ENDED_JOBS:
        print_note(f"Download them: rushes download {one} --to DIR")
