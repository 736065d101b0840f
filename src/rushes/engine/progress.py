"""Progress into the row, at most twice a second, however often a provider tells it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from rushes.engine.ledger import Take, Work
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.engine.transitions import touch_takes
from rushes.providers.video_contract import ProgressCallback

EVERY_SECONDS = 0.5
SMALLEST_STEP = 0.02


@asynccontextmanager
async def watch_progress(
    run: Runtime, work: Work, take: Take | None = None
) -> AsyncGenerator[ProgressCallback]:
    """Gives a callback (for this loop's thread); what it was last told, 0..1, is written for the takes."""
    video_ids = [take.id] if take else [each.id for each in work.takes]

    async def write(fraction: float) -> None:
        async with run.db.statement() as session:
            await touch_takes(
                session,
                video_ids,
                among=[VideoStatus.GENERATING],
                of_submission=work.id,
                progress=fraction,
            )

    async with throttled(write) as tell:
        yield tell


@asynccontextmanager
async def throttled(write: Callable[[float], Awaitable[object]]) -> AsyncGenerator[ProgressCallback]:
    """Gives a callback; `write` gets the fraction it was last told, when it has moved by a step."""
    latest = written = 0.0

    async def keep_writing() -> None:
        nonlocal written
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if abs(latest - written) >= SMALLEST_STEP:
                written = latest
                await write(written)

    writer: asyncio.Task[None] | None = None

    def tell(fraction: float) -> None:
        nonlocal latest, writer
        latest = min(max(fraction, 0.0), 1.0)
        if writer is None and SMALLEST_STEP <= latest < 1:
            writer = asyncio.create_task(keep_writing())

    try:
        yield tell
    finally:
        if writer is not None:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
