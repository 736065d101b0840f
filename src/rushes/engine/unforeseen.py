"""Watches the queue's tasks: one that fails in a way nobody foresaw is logged with its ids, and counted.

The queue itself tries it again, and says so to nobody. A database that is away is no failure of a task.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import JobContext
from procrastinate.exceptions import JobAborted
from procrastinate.worker import Worker
from sqlalchemy.exc import SQLAlchemyError

from rushes.engine import upkeep
from rushes.engine.runtime import Runtime
from rushes.platform.db.faults import database_is_away, in_a_line, is_expected

log = logging.getLogger(__name__)


class FailureWatch:
    """A worker's middleware (see `procrastinate.middleware`)."""

    def __init__(self, run: Runtime) -> None:
        self._run = run
        self._failing: set[tuple[str, str]] = set()

    async def __call__(
        self, call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker
    ) -> Any:
        """Run the task; log and count what it fails with, and raise it again."""
        job = context.job
        key = job.task_name, json.dumps(job.task_kwargs, sort_keys=True)
        try:
            result = await call_next()
        except JobAborted:  # asked for
            raise
        except Exception as error:
            if database_is_away(error):
                log.debug("%s %s is run again: %s", *key, in_a_line(error))
            else:
                await self._failed(key, job.attempts, error)
            raise
        if job.attempts or key in self._failing:
            await self._succeeded(key)
        return result

    async def _failed(self, key: tuple[str, str], attempts: int, error: Exception) -> None:
        """The first failure of a run of attempts with its traceback, the others in a line."""
        self._failing.add(key)
        line = in_a_line(error)
        tries = attempts + 1
        try:
            async with self._run.db.statement() as session:
                tries = await upkeep.task_failed(session, *key, line)
        except (SQLAlchemyError, OSError) as fault:  # it went away just now: the log has it all the same
            log.warning("the failure of %s %s is not counted: %s", *key, in_a_line(fault))
        traceback = None if attempts or is_expected(error) else error
        log.error("%s %s failed, %d times by now: %s", *key, tries, line, exc_info=traceback)

    async def _succeeded(self, key: tuple[str, str]) -> None:
        try:
            async with self._run.db.statement() as session:
                await upkeep.task_succeeded(session, *key)
        except (SQLAlchemyError, OSError) as error:  # forgotten after a day in any case
            log.warning("that %s %s succeeded is not recorded: %s", *key, in_a_line(error))
        else:
            self._failing.discard(key)
