"""Starts the embedded PostgreSQL again when it was killed in use: the kernel chooses it when memory ends.

Every process that uses it looks; the lock of its start lets one of them do it. What keeps dying is not
started for ever: the reason is then in the log, and in what is said of a database that does not answer.
"""

import asyncio
import logging
import time
from collections import deque

from rushes.errors import SystemFault
from rushes.platform.db.embedded import EmbeddedPostgres

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
MOST_STARTS = 5
WITHIN_SECONDS = 600.0


async def supervise(embedded: EmbeddedPostgres, look_seconds: float = LOOK_SECONDS) -> None:
    """Look after the server until cancelled: at most `MOST_STARTS` starts in `WITHIN_SECONDS`."""
    starts: deque[float] = deque()
    while True:
        await asyncio.sleep(look_seconds)
        if await asyncio.to_thread(embedded.is_running):
            embedded.trouble = None
            continue
        now = time.monotonic()
        while starts and now - starts[0] > WITHIN_SECONDS:
            starts.popleft()
        if len(starts) >= MOST_STARTS:
            if embedded.trouble is None:
                embedded.trouble = (
                    f"It was killed {MOST_STARTS} times in {WITHIN_SECONDS / 60:.0f} minutes; it is not"
                    " started again for now. Most often there is too little memory."
                )
                log.critical("the embedded PostgreSQL does not stay up. %s", embedded.trouble)
            continue
        starts.append(now)
        log.error(
            "the embedded PostgreSQL has ended and is started again (%d of %d)", len(starts), MOST_STARTS
        )
        try:
            await asyncio.to_thread(embedded.start_again)
        except SystemFault as fault:
            log.error("%s", fault.message)
        else:
            log.warning("the embedded PostgreSQL is back")
