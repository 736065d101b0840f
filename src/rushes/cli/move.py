"""`rushes move`: the order in which jobs are made."""

from typing import Annotated
from uuid import UUID

import typer

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption
from rushes.cli._output import print_json, print_result, short
from rushes.cli._session import acting_user, job_id_of, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobView
from rushes.jobs.queue_order import move_job
from rushes.jobs.queue_views import QueueMove
from rushes.jobs.rows import get_job


def move(
    job: JobArg,
    to: Annotated[
        QueueMove, typer.Argument(help="Where to; `turns` gives its place up.", show_default=False)
    ],
    json: JsonOption = False,
) -> None:
    """Move a job up or down in the queue.

    Jobs take turns as long as you move none. What is above a moved job goes
    first, what is below it goes after it; the others still take turns. Videos
    that are already submitted are not recalled.

    [bold]Examples[/bold]
    $ rushes move last top
    $ rushes move 3f2a down
    $ rushes jobs --sort queue
    """

    async def command(run: Runtime) -> int:
        job_id = await job_id_of(run, job)
        await move_job(run, acting_user(), job_id, to)
        view = await _view(run, job_id)
        if json:
            print_json(view)
        elif view.queue is not None:  # else it ended in this very moment
            turns = " and takes turns" if view.queue.takes_turns else ""
            print_result(
                f"Job {short(job_id)} ({view.job_name}) is number {view.queue.position} in the queue{turns}."
            )
        return Code.DONE

    exit_with(with_runtime(command))


async def _view(run: Runtime, job_id: UUID) -> JobView:
    async with run.db.statement() as session:
        return await get_job(session, acting_user(), job_id)
