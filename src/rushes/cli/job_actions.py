"""What is done to one job in a word: start, pause, resume, retry, cancel and delete it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from rushes.cli._background import Background, have_it_done
from rushes.cli._exit import Code, leave
from rushes.cli._options import JobArg, JsonOption, YesOption
from rushes.cli._output import (
    count,
    duration,
    expected_price,
    short,
    tell,
    tell_json,
)
from rushes.cli._session import acting_user, agreed, job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.views import JobView
from rushes.jobs import actions
from rushes.jobs.rows import get_job
from rushes.jobs.start import start_job

OnJob = Callable[[Runtime, UUID, UUID], Awaitable[Any]]


def start(job: JobArg, json: JsonOption = False) -> None:
    """Start a job that is pending.

    [bold]Example[/bold]
    $ rushes start 3f2a
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        started = await start_job(run, acting_user(), job_id)
        if json:
            tell_json(started)
        else:
            minutes = duration(started.estimated_time_minutes * 60)
            cost = expected_price(started)
            tell(f"Job {short(job_id)} is started: {started.message} About {minutes}, {cost}.")
        await have_it_done(run, job_id)
        return Code.DONE

    leave(with_runtime(command))


def pause(job: JobArg, json: JsonOption = False) -> None:
    """Submit nothing more of a job. What is in flight still arrives.

    [bold]Example[/bold]
    $ rushes pause last
    """
    _act(job, json, actions.pause_job, lambda _: "is paused. What is in flight still arrives.", works=False)


def resume(job: JobArg, json: JsonOption = False) -> None:
    """Let a paused job go on.

    [bold]Example[/bold]
    $ rushes resume last
    """
    _act(job, json, actions.resume_job, lambda _: "goes on.", works=True)


def retry(job: JobArg, json: JsonOption = False) -> None:
    """Make failed and cancelled videos again, and let those go on that waited for you.

    Videos that may have been paid for are left alone: decide on them with
    `rushes resolve`.

    [bold]Example[/bold]
    $ rushes retry last
    """
    retried = 0

    async def action(run: Runtime, owner: UUID, job_id: UUID) -> None:
        nonlocal retried
        retried = await actions.retry_failed(run, owner, job_id)

    def told(job: JobView) -> str:
        if job.status is JobStatus.PAUSED:
            again = f"{count(retried, 'video')} will be made again when you resume"
            return f"is paused. {again}: rushes resume {short(job.job_id)}"
        return f"goes on: {count(retried, 'video')} to make."

    _act(job, json, action, told, works=True)


def cancel(job: JobArg, json: JsonOption = False) -> None:
    """Stop a job, also at the provider. Finished videos stay.

    [bold]Example[/bold]
    $ rushes cancel 3f2a
    """
    _act(
        job,
        json,
        _cancel,
        lambda job: f"is cancelled. {count(job.completed_videos, 'finished video')} stayed.",
        works=False,
    )


async def _cancel(run: Runtime, owner: UUID, job_id: UUID) -> None:
    await actions.cancel_job(run, owner, job_id)
    await Background(run).ensure_for_work()


def delete(job: JobArg, yes: YesOption = False) -> None:
    """Delete a job with its images and videos. What runs is cancelled first.

    The record of what was paid stays.

    [bold]Examples[/bold]
    $ rushes delete 3f2a
    $ rushes delete "My first job" --yes
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        view = await _view(run, job_id)
        videos = count(view.completed_videos, "video")
        what = f"job {short(job_id)} ({view.job_name}) with {videos}"
        if not await agreed(what, yes):
            return Code.USAGE
        await actions.delete_job(run, acting_user(), job_id)
        await Background(run).ensure_for_work()
        tell(f"Deleted {what}.")
        return Code.DONE

    leave(with_runtime(command))


def _act(given: str, json: bool, action: OnJob, told: Callable[[JobView], str], works: bool) -> None:
    """Do one thing to a job and say so. `works`: somebody must do the work from here on."""

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, given)
        await action(run, acting_user(), job_id)
        job = await _view(run, job_id)
        if json:
            tell_json(job)
        else:
            tell(f"Job {short(job_id)} ({job.job_name}) {told(job)}")
        if works:
            await have_it_done(run, job_id)
        return Code.DONE

    leave(with_runtime(command))


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.begin() as session:
        return await get_job(session, acting_user(), job_id)
