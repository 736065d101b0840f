"""`rushes flow queue`: the videos that wait for Flow."""

from typing import Annotated

import typer

from rushes.cli._background import Background
from rushes.cli._exit import Code, leave
from rushes.cli._options import JsonOption
from rushes.cli._output import count, tell, tell_json
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.flow_views import Requeued
from rushes.engine.runtime import Runtime
from rushes.flow_signins import actions


def queue(
    requeue_failed: Annotated[bool, typer.Option("--requeue-failed", help="Make failed ones again.")] = False,
    json: JsonOption = False,
) -> None:
    """Tell how many videos wait for Flow, are being made there, and failed there.

    [bold]Examples[/bold]
    $ rushes flow queue
    $ rushes flow queue --requeue-failed
    """

    async def command(run: Runtime) -> int:
        if requeue_failed:
            requeued = Requeued(requeued=await actions.requeue_failed(run, acting_user()))
            await Background(run).ensure_for_work()
            if json:
                tell_json(requeued)
            else:
                tell(f"{count(requeued.requeued, 'video')} made again.")
            return Code.DONE
        status = await actions.queue_status(run, acting_user())
        if json:
            tell_json(status)
        else:
            tell(f"{status.pending} wait, {status.processing} in the making, {status.failed} failed.")
        return Code.DONE

    leave(with_runtime(command))
