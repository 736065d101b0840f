"""What is done to one job in a word: start, pause, resume, retry, cancel and delete it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rushes.cli._background import Background, ensure_worker
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption, YesOption
from rushes.cli._output import (
    count,
    duration,
    expected_price,
    print_json,
    print_note,
    print_result,
    short,
)
from rushes.cli._session import acting_user, confirm_deletion, job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.views import JobView, Started
from rushes.jobs import actions
from rushes.jobs.rows import get_job
from rushes.jobs.start import start_job
from rushes.library.uncertain import Which, list_uncertain

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer

OnJob = Callable[[Runtime, UUID, UUID], Awaitable[Any]]


def start(job: JobArg, json: JsonOption = False) -> None:
    """Start a job that is pending.

    [bold]Example[/bold]
    $ rushes start 3f2a
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        started = await start_job(run, acting_user(), job_id)
        _print_started(job_id, started, json)
        await ensure_worker(run, job_id)
        return Code.DONE

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        job_id = _remote_jobs.find_job(server, job)
        started = server.ask("POST", f"/api/jobs/{job_id}/start", Started)
        _print_started(job_id, started, json)
        return Code.DONE

    exit_with(with_runtime(command, remote))


def _print_started(job_id: UUID, started: Started, json: bool) -> None:
    if json:
        print_json(started)
        return
    minutes = duration(started.estimated_time_minutes * 60)
    cost = expected_price(started)
    print_result(f"Job {short(job_id)} is started: {started.message} About {minutes}, {cost}.")


def pause(job: JobArg, json: JsonOption = False) -> None:
    """Stop submitting new videos of a job. Running ones finish.

    [bold]Example[/bold]
    $ rushes pause last
    """
    _act(job, json, "pause", actions.pause_job, lambda _: "is paused. Running videos finish.", works=False)


def resume(job: JobArg, json: JsonOption = False) -> None:
    """Resume a paused job.

    [bold]Example[/bold]
    $ rushes resume last
    """
    _act(job, json, "resume", actions.resume_job, lambda _: "continues.", works=True)


def retry(job: JobArg, json: JsonOption = False) -> None:
    """Retry failed and cancelled videos, and resume those that waited for you.

    Videos that may have been paid for are left alone: decide on them with
    `rushes resolve`.

    [bold]Example[/bold]
    $ rushes retry last
    """
    retried = undecided = 0

    async def action(run: Runtime, owner: UUID, job_id: UUID) -> None:
        nonlocal retried, undecided
        retried = await actions.retry_failed(run, owner, job_id)
        async with run.db.statement() as session:
            undecided = len(await list_uncertain(run, session, owner, Which(job_id=job_id)))

    def outcome(job: JobView) -> str:
        if undecided:
            print_note(
                f"{count(undecided, 'call')} may have been billed: rushes resolve --job {short(job.job_id)}"
            )
        if job.status is JobStatus.PAUSED:
            again = f"{count(retried, 'video')} will be retried when you resume"
            return f"is paused. {again}: rushes resume {short(job.job_id)}"
        return f"continues: {count(retried, 'video')} to retry."

    def received(answer: Any) -> None:
        nonlocal retried
        retried = int(answer["retried"])

    _act(job, json, "retry-failed", action, outcome, works=True, received=received)


def cancel(job: JobArg, json: JsonOption = False) -> None:
    """Stop a job, also at the provider. Finished videos stay.

    [bold]Example[/bold]
    $ rushes cancel 3f2a
    """
    _act(
        job,
        json,
        "cancel",
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
        if not await confirm_deletion(what, yes):
            return Code.USAGE
        await actions.delete_job(run, acting_user(), job_id)
        await Background(run).ensure_for_work()
        print_result(f"Deleted {what}.")
        return Code.DONE

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        job_id = _remote_jobs.find_job(server, job)
        view = _remote_jobs.job_of(server, job_id)
        what = f"job {short(job_id)} ({view.job_name}) with {count(view.completed_videos, 'video')}"
        if not asyncio.run(confirm_deletion(what, yes)):
            return Code.USAGE
        server.ask("DELETE", f"/api/jobs/{job_id}")
        print_result(f"Deleted {what}.")
        return Code.DONE

    exit_with(with_runtime(command, remote))


def _act(
    given: str,
    json: bool,
    word: str,
    action: OnJob,
    outcome: Callable[[JobView], str],
    works: bool,
    received: Callable[[Any], None] | None = None,
) -> None:
    """Do one thing to a job and say so. `works`: somebody must do the work from here on.

    `word` is what the API calls it; `received` is given its answer.
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, given)
        await action(run, acting_user(), job_id)
        report(await _view(run, job_id))
        if works:
            await ensure_worker(run, job_id)
        return Code.DONE

    def report(job: JobView) -> None:
        if json:
            print_json(job)
        else:
            print_result(f"Job {short(job.job_id)} ({job.job_name}) {outcome(job)}")

    def remote(server: "RemoteServer") -> int:
        from rushes.cli import _remote_jobs  # noqa: PLC0415  # an HTTP client, for who is signed in

        job_id = _remote_jobs.find_job(server, given)
        answer = server.ask("POST", f"/api/jobs/{job_id}/{word}")
        if received is not None:
            received(answer)
        report(_remote_jobs.job_of(server, job_id))
        return Code.DONE

    exit_with(with_runtime(command, remote))


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.begin() as session:
        return await get_job(session, acting_user(), job_id)
