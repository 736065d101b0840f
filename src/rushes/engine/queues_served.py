"""Says which queues a worker serves, for as long as it lives: what waits for another one says so."""

import asyncio
import contextlib
from collections.abc import Collection

from sqlalchemy.exc import SQLAlchemyError

from rushes.engine.periodic import RepeatedFailure
from rushes.engine.runtime import Runtime
from rushes.engine.workers import leave_queues, serve_queues
from rushes.errors import SystemFault

AGAIN_SECONDS = 1.0
_TROUBLE = (SQLAlchemyError, SystemFault, OSError)


async def report_queues(run: Runtime, queues: Collection[str]) -> None:
    """Record at each heartbeat that this worker serves these queues, until cancelled; then that it has ended.

    A database that is away stops nothing: the record expires without a heartbeat.
    """
    failure = RepeatedFailure("recording which queues are served")
    try:
        while True:
            try:
                async with run.db.statement() as session:
                    await serve_queues(session, run.worker, queues, run.settings.stalled_after_seconds)
            except _TROUBLE as error:
                failure.failed(error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                failure.succeeded()
                await asyncio.sleep(run.settings.heartbeat_seconds)
    finally:
        with contextlib.suppress(*_TROUBLE):
            async with run.db.statement() as session:
                await leave_queues(session, run.worker)
