"""Steps that are finished once they are begun, also when their task is cancelled meanwhile."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


async def uninterrupted(step: Coroutine[Any, Any, T]) -> T:
    """Finish the step even when this task is cancelled meanwhile.

    What costs money is kept, what is being moved arrives.
    """
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a step that had to be finished failed: %s: %s", type(error).__name__, error)
        raise
