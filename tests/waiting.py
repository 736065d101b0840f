"""How tests wait for what must come: in looks, not in seconds, so that a busy machine has the time it needs.

On a machine that does ten other things a look takes ten times as long, and so does all of the waiting. Only a
broken test waits to the end.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

LOOK_SECONDS = 0.03
LATER_SECONDS = 0.12
"""Between looks at what stays as it is when it has come. A look at a job computes: many of them are the most
that a test does."""
LOOKS = 6000
"""Three minutes where nothing else runs."""
PATIENCE_SECONDS = 600.0
"""For what can only be given a time: other programs, connections, browsers."""

T = TypeVar("T")


async def until(
    condition: Callable[[], Awaitable[bool]],
    *,
    moving: Callable[[], Awaitable[object]] | None = None,
    longest: float = LOOK_SECONDS,
) -> None:
    """Return when it holds. Raise `TimeoutError` after `LOOKS` looks in which `moving` gave nothing new.

    Between looks it waits longer and longer, but at most `longest` seconds.
    """
    left, last, pause = LOOKS, object(), LOOK_SECONDS
    while not await condition():  # rows are what most look at: there is no event
        now = await moving() if moving else last
        left, last = (left - 1, last) if now == last else (LOOKS, now)
        if left == 0:
            raise TimeoutError(f"{condition} never held")
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, longest)


def until_now(condition: Callable[[], bool]) -> None:
    """The same for a test without a loop."""
    for _ in range(LOOKS):
        if condition():
            return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{condition} never held")


async def result_of(awaited: Awaitable[T]) -> T:
    """Return what comes of it. Cancel it and raise `TimeoutError` when that takes `LOOKS` looks."""
    task = asyncio.ensure_future(awaited)
    for _ in range(LOOKS):
        done, _ = await asyncio.wait([task], timeout=LOOK_SECONDS)
        if done:
            return task.result()
    task.cancel()
    raise TimeoutError(f"{task} has not ended")
