"""What is told across jobs: totals, and what needs the user. Cheap with a hundred thousand videos."""

from uuid import UUID

from sqlalchemy import text

from rushes.engine import waits
from rushes.engine.states import (
    ACTIVE_JOBS,
    OVERDUE_VIDEOS,
    RUNNING_VIDEOS,
    JobStatus,
    VideoStatus,
    WaitingFor,
    sql_list,
)
from rushes.engine.submission_costs import LEDGER, UNDECIDED
from rushes.errors import Actor, ErrorType
from rushes.jobs.overview_views import NeedKind, NeedView, StatsView
from rushes.platform.db.engine import Executor

MOST_NEEDS = 100
_STATS = text(
    f"""
    SELECT v.*, j.*, l.spent, a.storage_bytes, t.seconds
    FROM (
        SELECT count(*) AS videos, count(*) FILTER (WHERE v.status = 'completed') AS completed,
               count(*) FILTER (WHERE v.status = 'failed') AS failed,
               count(*) FILTER (WHERE v.status = 'waiting') AS waiting,
               count(*) FILTER (WHERE v.status IN {sql_list(RUNNING_VIDEOS)}) AS open
        FROM jobs j JOIN videos v ON v.job_id = j.id  -- for the index videos_by_job alone
        WHERE j.owner_id = :owner AND v.deleted_at IS NULL
    ) v, (
        SELECT count(*) AS jobs, count(*) FILTER (WHERE status IN {sql_list(ACTIVE_JOBS)}) AS active
        FROM jobs WHERE owner_id = :owner
    ) j, (
        SELECT COALESCE(sum(settled), 0) AS spent FROM {LEDGER} s WHERE owner_id = :owner
    ) l, (
        SELECT COALESCE(sum(size_bytes), 0) AS storage_bytes FROM assets WHERE owner_id = :owner
    ) a, (
        SELECT avg(extract(epoch FROM took)) AS seconds FROM (
            SELECT v.generation_completed_at - v.generation_started_at AS took
            FROM (SELECT id FROM jobs WHERE owner_id = :owner AND started_at IS NOT NULL
                  ORDER BY created_at DESC LIMIT 50) j
            JOIN videos v ON v.job_id = j.id AND v.status = 'completed'
            LIMIT 1000) lately
    ) t
    """  # noqa: S608  # only our own constants are put in
)
_NEEDS = text(
    f"""
    SELECT *, CASE kind WHEN 'account' THEN account END AS sign_in FROM (
        SELECT *, NULL AS receiver FROM (
        SELECT j.id AS job_id, j.name AS job_name, NULL AS account, t.status AS kind, t.error_type,
               t.waiting_for, t.count, COALESCE(t.message, '') AS message, j.provider,
               j.ended_at AS job_ended_at, NULL::uuid AS submission_id, NULL AS subject_kind
        FROM (
            SELECT job_id, status, error_type, waiting_for, count(*) AS count, min(error_message) AS message
            FROM videos
            WHERE owner_id = :owner AND status IN {sql_list(OVERDUE_VIDEOS)} AND deleted_at IS NULL
            GROUP BY job_id, status, error_type, waiting_for
        ) t JOIN jobs j ON j.id = t.job_id
        WHERE t.status = 'waiting' OR j.ended_at IS NULL OR j.ended_at > now() - interval '7 days'
        UNION ALL
        SELECT id, name, NULL, 'paused', paused_by, NULL, 0, COALESCE(pause_reason, ''), provider, ended_at,
               NULL, NULL
        FROM jobs WHERE owner_id = :owner AND status = 'paused' AND paused_by <> 'user'
        UNION ALL
        SELECT NULL, NULL, name, 'account', CASE state WHEN 'needs_person' THEN 'consent' ELSE 'auth' END,
               'person', 0, COALESCE(state_reason, ''), provider, NULL, NULL, NULL
        FROM credentials WHERE owner_id = :owner AND kind = 'flow_account'
          AND state IN ('invalid', 'needs_auth', 'needs_person')
        UNION ALL  -- paid calls that no take tells of
        SELECT j.id, j.name, NULL, '{VideoStatus.WAITING}', '{ErrorType.UNCERTAIN}',
               '{WaitingFor.UNCERTAIN}', cardinality(s.subject_ids),
               COALESCE(s.error, ''), s.provider, j.ended_at, s.id, s.subject_kind
        FROM submissions s LEFT JOIN jobs j ON j.id = s.job_id
        WHERE s.owner_id = :owner AND {UNDECIDED} AND NOT EXISTS (
            SELECT 1 FROM videos v
            WHERE v.submission_id = s.id AND v.status = 'waiting' AND v.deleted_at IS NULL)
        ) engine
        UNION ALL
        SELECT NULL, NULL, NULL, 'receiver', NULL, 'person', 0, COALESCE(reason, ''), '', NULL, NULL, NULL,
               name
        FROM receivers WHERE owner_id = :owner AND state = 'paused'
        UNION ALL
        SELECT NULL, NULL, NULL, 'backup', NULL, 'person', 0, c.message, '', NULL, NULL, NULL, NULL
        FROM conditions c JOIN users u ON u.id = :owner
        WHERE c.name = 'backup' AND (u.status = 'local' OR u.is_admin)
    ) needs
    ORDER BY kind = 'account' DESC, kind DESC, job_ended_at DESC NULLS FIRST, count DESC, job_id,
             submission_id
    LIMIT :most
    """  # noqa: S608  # only our own constants are put in
)

_QUEUED_JOBS = text(
    f"""
    SELECT id, name, provider FROM jobs
    WHERE owner_id = :owner AND status = '{JobStatus.PROCESSING}' AND EXISTS (
        SELECT 1 FROM videos
        WHERE job_id = jobs.id AND status = '{VideoStatus.QUEUED}' AND deleted_at IS NULL)
    ORDER BY started_at LIMIT :most
    """  # noqa: S608  # only our own constants are put in
)
_QUEUED_TAKES = text(
    f"""
    SELECT job_id, count(*) AS takes FROM videos
    WHERE job_id = ANY(:ids) AND status = '{VideoStatus.QUEUED}' AND deleted_at IS NULL GROUP BY job_id
    """  # noqa: S608  # only our own constants are put in
)


async def stats(session: Executor, owner: UUID) -> StatsView:
    """All of a user's jobs in numbers."""
    row = (await session.execute(_STATS, {"owner": owner})).one()
    ended = row.completed + row.failed
    return StatsView(
        jobs=row.jobs,
        active_jobs=row.active,
        videos=row.videos,
        completed_videos=row.completed,
        failed_videos=row.failed,
        waiting_videos=row.waiting,
        open_videos=row.open,
        success_rate=round(100 * row.completed / ended, 1) if ended else None,
        average_seconds=None if row.seconds is None else round(float(row.seconds), 1),
        spent=row.spent,
        storage_bytes=row.storage_bytes,
    )


async def needs(session: Executor, owner: UUID) -> list[NeedView]:
    """What needs the user: Flow sign-ins, what waits, what a fault paused, fresh failures."""
    rows = await session.execute(_NEEDS, {"owner": owner, "most": MOST_NEEDS})
    needed = [NeedView.model_validate(dict(row)) for row in rows.mappings()]
    needed = [each for each in needed if each.next_actor is not Actor.CLOCK]
    return (needed + await _stalled(session, owner))[:MOST_NEEDS]


async def _stalled(session: Executor, owner: UUID) -> list[NeedView]:
    """Jobs of which nothing can start, for a reason that is known."""
    jobs = (await session.execute(_QUEUED_JOBS, {"owner": owner, "most": MOST_NEEDS})).all()
    found = await waits.of_jobs(session, [row.id for row in jobs])
    stalled = [(row, found[row.id]) for row in jobs if row.id in found and found[row.id].is_blocked]
    if not stalled:
        return []
    counts = await session.execute(_QUEUED_TAKES, {"ids": [row.id for row, _ in stalled]})
    queued = {row.job_id: row.takes for row in counts}
    return [
        NeedView(
            job_id=row.id,
            job_name=row.name,
            account=None,
            sign_in=None,
            kind=NeedKind.STALLED,
            error_type=wait.error_type,
            waiting_for=wait.waiting_for,
            retry_at=wait.until,
            count=queued.get(row.id, 0),
            message=wait.reason,
            provider=wait.provider or row.provider,
            job_ended_at=None,
        )
        for row, wait in stalled
    ]
