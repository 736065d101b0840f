"""`rushes flow queue`: the videos that wait for Flow."""

from typing import Annotated

import typer

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_result
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.flow_views import Requeued
from rushes.engine.runtime import Runtime
from rushes.flow_signins import actions


def queue(
    requeue_failed: Annotated[bool, typer.Option("--requeue-failed", help="Retry failed ones.")] = False,
    json: JsonOption = False,
) -> None:
    """Count the videos that wait for Flow, are in progress there, and failed there.

    [bold]Examples[/bold]
    $ rushes flow queue
    $ rushes flow queue --requeue-failed
    """

    async def command(run: Runtime) -> int:
        if requeue_failed:
            requeued = Requeued(requeued=await actions.requeue_failed(run, acting_user()))
            await Background(run).ensure_for_work()
            if json:
                print_json(requeued)
            else:
                print_result(f"{count(requeued.requeued, 'video')} queued again.")
            return Code.DONE
        status = await actions.queue_status(run, acting_user())
        if json:
            print_json(status)
        else:
            print_result(f"{status.pending} queued, {status.processing} in progress, {status.failed} failed.")
        return Code.DONE

    exit_with(with_runtime(command))
