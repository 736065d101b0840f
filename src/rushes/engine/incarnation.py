"""Notices that this database is a restored backup or a copy, before anything is submitted from it.

What the backup still holds as open may have been submitted, finished and paid for since, by the original:
sent again it would be paid again. So everything open is paused as *restored*, what was about to be sent or
had been sent without an answer is uncertain, and events begin anew under an incarnation of their own, which
is a part of their ids from then on. Three witnesses tell:

    the database    the cluster's system identifier and the database's own number: other after a restored dump
    the folder      when a file in the data folder was last changed: no way to copy a folder keeps that
    the bucket      its mark names a turn that this database does not know: it is older than the bucket
"""

import asyncio
import logging
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import GENERATION_EVENT, JOB_EVENT, VIDEO_EVENT
from rushes.engine.states import (
    GenerationChanges,
    JobChanges,
    SubmissionChanges,
    TakeChanges,
    VideoStatus,
    WaitingFor,
    sql_list,
)
from rushes.errors import ErrorType
from rushes.platform.db.engine import Database
from rushes.platform.private import FILE_MODE

log = logging.getLogger(__name__)

FOLDER_FILE = "incarnation"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('incarnation', 0))")
_WITNESS = text(
    "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/'"
    " || (SELECT oid FROM pg_database WHERE datname = current_database())::text"
)
_READ = text(
    "SELECT id, incarnation, database_mark, folder_mark, bucket_mark, bucket_turns FROM installation"
)
_LAST = text(
    "SELECT GREATEST((SELECT max(claimed_at) FROM submissions), (SELECT max(created_at) FROM jobs),"
    " (SELECT max(created_at) FROM events))"
)

_PAUSE_JOBS = text(
    f"""
    WITH changed AS (
        UPDATE jobs SET status = '{JobChanges.PAUSE.target}', paused_by = '{ErrorType.RESTORED}',
               pause_reason = :reason
        WHERE status IN {sql_list(JobChanges.PAUSE.sources)}
           OR status = '{JobChanges.PAUSE.target}' AND paused_by IS DISTINCT FROM 'user'
        RETURNING *
    )
    {JOB_EVENT}
    """  # noqa: S608  # only our own constants are put in
)
_DOUBT = text(
    f"""
    WITH doubted AS (
        UPDATE submissions SET state = '{SubmissionChanges.RESTORE.target}', worker = NULL, ended_at = now(),
               error = :reason
        WHERE state IN {sql_list(SubmissionChanges.RESTORE.sources)}
        RETURNING id
    ), changed AS (
        UPDATE videos SET status = '{TakeChanges.SUSPEND.target}', waiting_for = '{WaitingFor.UNCERTAIN}',
               error_type = '{ErrorType.RESTORED}', error_message = :reason, progress = NULL
        FROM doubted
        WHERE videos.submission_id = doubted.id
          AND videos.status IN {sql_list((*TakeChanges.SUSPEND.sources, VideoStatus.WAITING))}
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """  # noqa: S608  # only our own constants are put in
)
_DOUBT_GENERATIONS = text(
    f"""
    WITH changed AS (
        UPDATE generations SET status = '{GenerationChanges.SUSPEND.target}',
               waiting_for = CASE WHEN s.state = '{SubmissionChanges.RESTORE.target}'
                   AND generations.status <> '{VideoStatus.QUEUED}'
                   THEN '{WaitingFor.UNCERTAIN}' ELSE '{WaitingFor.PERSON}' END,
               error_type = '{ErrorType.RESTORED}', error_message = :reason, progress = NULL, retry_at = NULL
        FROM generations g LEFT JOIN submissions s ON s.id = g.submission_id
        WHERE generations.id = g.id AND g.ended_at IS NULL
          AND (g.status IN {sql_list(GenerationChanges.BLOCK.sources)}
               OR g.status IN {sql_list(GenerationChanges.SUSPEND.sources)}
                  AND s.state = '{SubmissionChanges.RESTORE.target}'
               OR g.status = '{VideoStatus.WAITING}' AND g.waiting_for <> '{WaitingFor.UNCERTAIN}')
        RETURNING generations.*
    )
    {GENERATION_EVENT}
    """  # noqa: S608  # only our own constants are put in
)
_FORGET = (
    "TRUNCATE events",
    "DELETE FROM procrastinate_jobs",
    "DELETE FROM procrastinate_workers",
    "UPDATE credentials SET held_by = NULL, held_until = NULL",
    "DELETE FROM provider_outages",
    "UPDATE deliveries SET state = 'failed', answer = 'The database was restored.', ended_at = now()"
    " WHERE state = 'pending' AND created_at < now()",
)
"""What is about the original's processes: its events, tasks, workers, leases; reconciling makes new tasks."""


async def notice_copy(db: Database, data_dir: Path) -> str:
    """Pause everything if this is a restored or copied database. Returns the incarnation."""
    async with db.begin() as session:
        await session.execute(_LOCK)
        row = (await session.execute(_READ)).one_or_none()
        if row is None:
            await session.execute(text("INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING"))
            row = (await session.execute(_READ)).one()
        database = await session.scalar(_WITNESS)
        # The folder holds the database only where that is the embedded one.
        folder = await asyncio.to_thread(folder_mark, data_dir) if db.embedded is not None else None
        why: str | None = None
        if row.database_mark not in (None, database):
            why = "it is a restored dump, or a copy in another database"
        elif folder is not None and row.folder_mark not in (None, folder):
            why = "its data folder is a copy, or was restored"
        incarnation = "" if row.incarnation is None else _short(row.incarnation)
        if why is not None:
            incarnation = await _begin_anew(session, why)
        if why is not None or (row.database_mark, row.folder_mark) != (database, folder):
            await session.execute(
                text("UPDATE installation SET database_mark = :database, folder_mark = :folder"),
                {"database": database, "folder": folder},
            )
    return incarnation


async def notice_older(db: Database, mark: str | None) -> str | None:
    """Pause everything if the bucket's `mark` says that this database is older than the bucket.

    Returns the new incarnation; None when there is nothing to notice, or it was noticed before.
    """
    if mark is None:
        return None
    async with db.begin() as session:
        await session.execute(_LOCK)
        row = (await session.execute(_READ)).one()
        name, _, turn = mark.rpartition(" ")
        known = {*row.bucket_turns} or {"0"}
        if name != f"installation {row.id}" or turn in known or mark == row.bucket_mark:
            return None
        await session.execute(text("UPDATE installation SET bucket_mark = :mark"), {"mark": mark})
        return await _begin_anew(session, "its bucket was used by a newer copy of it")


async def _begin_anew(session: AsyncSession, why: str) -> str:
    last: datetime | None = await session.scalar(_LAST)
    until = f" What it knows ends at {last:%Y-%m-%d %H:%M:%S} UTC." if last else ""
    reason = (
        f"This database is not where it was: {why}.{until} What was open then may have been made and paid for"
        " since: look at the provider, then resume."
    )
    for statement in _FORGET:
        await session.execute(text(statement))
    await session.execute(_DOUBT, {"reason": reason})
    await session.execute(_DOUBT_GENERATIONS, {"reason": reason})
    await session.execute(_PAUSE_JOBS, {"reason": reason})
    incarnation: UUID = (
        await session.execute(
            text(
                "UPDATE installation SET incarnation = gen_random_uuid(), restored_at = now()"
                " RETURNING incarnation"
            )
        )
    ).scalar_one()
    log.warning("everything open is paused. %s", reason)
    return _short(incarnation)


def _short(incarnation: UUID) -> str:
    return incarnation.hex[:8]


def folder_mark(data_dir: Path) -> str:
    """Return when the folder's file was last changed in any way: a copy of it has another time. Blocking."""
    file = data_dir / FOLDER_FILE
    try:
        found = file.stat()
    except FileNotFoundError:
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY, FILE_MODE)
        with os.fdopen(descriptor, "w") as target:
            target.write("Rushes looks when this file was changed, to notice a copied data folder.\n")
        found = file.stat()
    return str(found.st_ctime_ns)
