"""Backups that nobody has to think of: one a day, one before an update; the oldest of them are deleted."""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.platform.backups.create import CreatedBackup, create_backup
from rushes.platform.backups.manifest import BackupReason
from rushes.platform.backups.places import BackupPlace, KeptBackup, open_place

log = logging.getLogger(__name__)

TASK = "back up"
"""The name of the periodic task."""
DAILY_HOURS = 24.0
OURS = (BackupReason.DAILY, BackupReason.UPDATE, BackupReason.RESTORE)
"""Backups that were made without being asked for."""
_SOMETHING_TO_LOSE = text("SELECT 1 FROM jobs WHERE created_at < now() - interval '1 hour' LIMIT 1")
"""A new installation has better things to do in its first hour."""
_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('backup', 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended('backup', 0))")


def hours_between(run: Runtime) -> float:
    """Return the hours between two backups of the worker; 0: it makes none."""
    if run.settings.backup_hours is not None:
        return run.settings.backup_hours
    return DAILY_HOURS if run.db.embedded is not None else 0.0


async def back_up_when_due(run: Runtime) -> CreatedBackup | None:
    """Make a backup if the last one is old enough, and delete the oldest. One worker at a time does.

    Raises `SystemFault` when it cannot be made: the worker tells it in the log and in health.
    """
    hours = hours_between(run)
    if not hours:
        return None
    async with run.db.statement() as connection:
        if not await connection.scalar(_SOMETHING_TO_LOSE):
            return None
        if not await connection.scalar(_LOCK):
            return None  # another worker is at it
        try:
            place = open_place(run.settings)
            newest = max((each.created_at for each in await place.kept()), default=None)
            if newest is not None and datetime.now(UTC) - newest < timedelta(hours=hours):
                return None
            made = await create_backup(run.settings, run.db, place, BackupReason.DAILY)
            await prune_backups(place, run.settings.backup_keep)
        finally:
            await connection.execute(_UNLOCK)
    log.info("backed up the database: %s, %d bytes", made.name, made.size)
    return made


async def prune_backups(place: BackupPlace, keep: int, *, asked: bool = False) -> list[KeptBackup]:
    """Delete all but the newest `keep` of the backups nobody asked for; `asked`: of all. Returns them."""
    kept = [each for each in await place.kept() if asked or each.reason in OURS]
    for each in kept[keep:]:
        await place.delete(each.name)
    return kept[keep:]
