"""Runs a worker's periodic tasks: a round that fails is logged, counted, shown by health, and run again."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from rushes.engine import upkeep
from rushes.engine.runtime import Runtime
from rushes.platform.db.faults import in_a_line, is_expected

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Periodic:
    """One periodic task. `interval_seconds` pass between the end of a round and the next."""

    name: str
    interval_seconds: float
    run: Callable[[Runtime], Awaitable[object]]


class RepeatedFailure:
    """Logs something that fails again and again: the traceback of each new error once, then how often."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last: str | None = None
        self.in_a_row = 0

    def failed(self, error: BaseException) -> None:
        """Count a failure, and log it unless it is the same as many before."""
        self.in_a_row += 1
        line = in_a_line(error)
        if line != self._last:
            self._last = line
            log.warning("%s failed: %s", self._what, line, exc_info=None if is_expected(error) else error)
        elif self.in_a_row & (self.in_a_row - 1) == 0:  # the 2nd, 4th, 8th …
            log.warning("%s failed %d times in a row: %s", self._what, self.in_a_row, line)

    def succeeded(self) -> None:
        """Start counting anew."""
        if self.in_a_row:
            log.info("%s succeeded after %d failures", self._what, self.in_a_row)
        self.in_a_row, self._last = 0, None


async def keep_running(run: Runtime, task: Periodic) -> None:
    """Run a periodic task until cancelled. Only being cancelled ends it.

    A round that failed is run again sooner than its interval says, and ever later while it keeps failing.
    """
    failure = RepeatedFailure(task.name)
    record = _Record(run, task)
    while True:
        await record.started()
        try:
            await task.run(run)
        except Exception as error:  # noqa: BLE001  # logged and counted; the next round may succeed
            failure.failed(error)
            await record.ended(error)
            await asyncio.sleep(_until_again(run, task, failure.in_a_row))
        else:
            failure.succeeded()
            await record.ended()
            await asyncio.sleep(task.interval_seconds)


def _until_again(run: Runtime, task: Periodic, failures: int) -> float:
    return min(task.interval_seconds, run.settings.tick_seconds * 2.0 ** min(failures - 1, 20))


class _Record:
    """Writes a task's rounds into its row. A database that is away stops no task."""

    def __init__(self, run: Runtime, task: Periodic) -> None:
        self._run, self._task = run, task
        self._machine = socket.gethostname()
        self._failure = RepeatedFailure(f"recording how {task.name} fares")
        # Failures that are not recorded yet, and what the last of them was.
        self._failed, self._error = 0, ""

    async def started(self) -> None:
        """Record the beginning of a round."""
        task = self._task
        try:
            async with self._run.db.statement() as session:
                await upkeep.round_started(session, task.name, self._machine, task.interval_seconds)
        except (SQLAlchemyError, OSError) as error:
            self._failure.failed(error)

    async def ended(self, error: Exception | None = None) -> None:
        """Record the end of a round, and what could not be recorded of those before it."""
        if error is not None:
            self._failed, self._error = self._failed + 1, in_a_line(error)
        try:
            async with self._run.db.statement() as session:
                await upkeep.round_ended(
                    session,
                    self._task.name,
                    self._machine,
                    succeeded=error is None,
                    failures=self._failed,
                    error=self._error if self._failed else None,
                )
        except (SQLAlchemyError, OSError) as fault:  # it is recorded with the next round
            self._failure.failed(fault)
        else:
            self._failed = 0
            self._failure.succeeded()
