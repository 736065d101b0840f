"""What is wrong with the installation itself: watched once a minute, sent when it begins, and once.

A condition's row is written with the message that tells of it; the row goes when the condition is over.
"""

import logging
import shutil
import socket
from uuid import UUID

from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.engine.workers import LIVE_QUEUES
from rushes.notices.event_types import MessageType
from rushes.notices.outbox import write_message
from rushes.platform.db.engine import Executor
from rushes.redaction import safe_line

log = logging.getLogger(__name__)

BACKUP = "backup"
WORKERS = "workers"
BACK_UP_TASK = "back up"
"""The name of the periodic task (`ops/backups.py`)."""
MOST_BACKUP_DAYS = 2
GONE_SECONDS = 120.0
LOW_TIMES = 2
"""So many times the least free space that videos need: below it the disk is low."""
_ADMINS = text(
    "SELECT s.id FROM users u JOIN spaces s ON s.id = u.id"
    " WHERE u.status = 'local' OR u.status = 'active' AND u.is_admin"
)
_BEGIN = text(
    "INSERT INTO conditions (name, message) VALUES (:name, :message)"
    " ON CONFLICT (name) DO UPDATE SET message = excluded.message RETURNING since = now()"
)
_BACKUPS = text(
    """
    SELECT error, failures_in_a_row, succeeded_at < now() - make_interval(days => :days) AS old
    FROM periodic_tasks WHERE name = :name ORDER BY started_at DESC LIMIT 1
    """
)
_UNSERVED = text(
    f"""
    SELECT string_agg(DISTINCT q, ', ' ORDER BY q) FROM worker_queues w, unnest(w.queues) q
    WHERE w.heartbeat < now() - make_interval(secs => w.silent_seconds + :gone)
      AND q NOT IN ({LIVE_QUEUES})
    """  # noqa: S608  # only our own constant is put in
)


async def watch_installation(run: Runtime) -> None:
    """Look at the disk, the workers and the backups."""
    free = shutil.disk_usage(run.settings.data_dir).free
    least = run.settings.min_free_bytes
    disk = f"disk:{socket.gethostname()}"
    async with run.db.begin() as session:
        low = free < LOW_TIMES * least
        words = (
            f"{free // 2**20} MiB are free on {socket.gethostname()}; below {least // 2**20} MiB jobs pause."
        )
        await _is(session, disk, MessageType.DISK_LOW, words if low else None)
        queues = await session.scalar(_UNSERVED, {"gone": GONE_SECONDS})
        gone = f"A worker ended without a word, and none serves: {queues}." if queues else None
        await _is(session, WORKERS, MessageType.WORKER_GONE, gone)
        await _is(session, BACKUP, MessageType.BACKUP_FAILED, await _backup_trouble(session))


async def _backup_trouble(session: Executor) -> str | None:
    rows = await session.execute(_BACKUPS, {"name": BACK_UP_TASK, "days": MOST_BACKUP_DAYS})
    row = rows.one_or_none()
    if row is None:
        return None
    if row.failures_in_a_row:
        return f"The backup failed: {row.error}"
    return f"There was no good backup for {MOST_BACKUP_DAYS} days." if row.old else None


async def _is(session: Executor, name: str, message_type: MessageType, words: str | None) -> None:
    """Record whether a condition holds; write a message to the admins when it begins."""
    if words is None:
        await session.execute(text("DELETE FROM conditions WHERE name = :name"), {"name": name})
        return
    words = safe_line(words, 500)
    if not await session.scalar(_BEGIN, {"name": name, "message": words}):
        return
    log.warning("%s", words)
    for space in await admin_spaces(session):
        await write_message(session, space, message_type, name, {"message": words})


async def admin_spaces(session: Executor) -> list[UUID]:
    """Return the personal spaces of the admins; the local one where there are no accounts."""
    return list((await session.execute(_ADMINS)).scalars())
