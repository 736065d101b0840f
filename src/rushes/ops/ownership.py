"""Whose a bucket is. What another installation stores there looks as if it belonged to nothing; and so does
what was stored after a backup was taken, to the database that was restored from it.

So a bucket carries a mark, and the database knows it: who the installation is, and whose turn it was last.
Each sweep writes a new turn. A copy of the database, however it was made, is told apart from the original by
that: once one of the two has swept, the other does not know the turn and deletes nothing.
"""

import asyncio
import logging
from uuid import uuid4

from rushes.engine.incarnation import notice_older
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound, RushesError
from rushes.ops import installation
from rushes.ops.installation import Identity

log = logging.getLogger(__name__)

MARK = "rushes-installation"
"""The key of the mark."""


async def is_ours(run: Runtime) -> bool:
    """Whether the bucket may be swept; if so, the next turn is ours too. Says in the log why not."""
    async with run.db.begin() as guard:
        if not await installation.try_lock_mark(guard):
            return False  # another worker is at it
        ours, mark = await installation.identity(run.db), await _mark(run)
        if mark is None or mark in ours.marks:
            await _take_turn(run, ours, mark)
            return True
    who = "another copy of this database" if mark.startswith(f"{ours.name} ") else "another installation"
    log.warning(
        "%s was last swept by %s (its file %s says so): files that belong to nothing are left alone there."
        " Give each installation a bucket or folder of its own; when the other one is no more, run"
        " `rushes storage adopt`.",
        run.bucket.name,
        who,
        MARK,
    )
    return False


async def notice_older_database(run: Runtime) -> None:
    """Pause everything open if the bucket was used by a newer copy of this database. A bucket that does not
    answer stops nothing: its mark is looked at by the next start."""
    try:
        mark = await _mark(run)
    except (RushesError, OSError) as error:
        log.warning("the mark of %s cannot be read: %s", run.bucket.name, error)
        return
    incarnation = await notice_older(run.db, mark)
    if incarnation is not None:
        run.incarnation = incarnation


async def adopt(run: Runtime) -> None:
    """Make the bucket this installation's own, whoever swept it last."""
    async with run.db.begin() as guard:
        await installation.lock_mark(guard)
        await _take_turn(run, await installation.identity(run.db), None)


async def _mark(run: Runtime) -> str | None:
    try:
        mark = b"".join([piece async for piece in run.bucket.hot.stream(MARK)]).decode(errors="replace")
    except NotFound:
        return None
    return (
        mark if mark.count(" ") == 2 else f"{mark} {installation.FIRST_TURN}"
    )  # earlier versions wrote none


async def _take_turn(run: Runtime, ours: Identity, mark: str | None) -> None:
    """Write down the next turn, then mark the bucket; until it is marked, the mark that is there is known."""
    turn = uuid4().hex
    async with run.db.begin() as session:
        await installation.set_turns(session, (*([mark.split()[-1]] if mark else []), turn))
    file = run.settings.work_dir / f"{MARK}-{uuid4()}"
    await asyncio.to_thread(file.write_text, f"{ours.name} {turn}")
    await run.bucket.hot.put(MARK, file)
