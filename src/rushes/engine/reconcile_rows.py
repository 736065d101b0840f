"""The net's queries: what a crash dropped, found by looking at the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.engine.cancel_rows import UNSETTLED_CANCELLED
from rushes.engine.local_work_states import OPEN_WORK
from rushes.engine.states import ACTIVE_SUBMISSIONS, RECHECKED, RUNNING_VIDEOS, sql_list
from rushes.platform.db.engine import Executor

_DROPPED = text(
    f"""
    SELECT s.id, s.provider, COALESCE(v.generating, false) AS wanted, true AS takes
    FROM submissions s LEFT JOIN jobs j ON j.id = s.job_id
    CROSS JOIN LATERAL (
        SELECT bool_or(status = 'generating') AS generating, bool_or(status = 'waiting') AS waiting
        FROM videos WHERE submission_id = s.id
    ) v
    WHERE s.state IN {sql_list(ACTIVE_SUBMISSIONS)}
      AND s.subject_kind = 'takes'
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs t
        WHERE t.lock = 'submission:' || s.id AND t.status IN ('todo', 'doing'))
      AND CASE WHEN v.generating THEN NOT (j.status = 'paused' AND j.paused_by <> 'user')
               ELSE v.waiting IS NOT TRUE END
    UNION ALL
    SELECT s.id, s.provider, false, true FROM submissions s
    WHERE {UNSETTLED_CANCELLED} AND s.subject_kind = 'takes'
      AND s.ended_at < now() - interval '1 minute'  -- the cancel itself has looked
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs t
        WHERE t.lock = 'submission:' || s.id AND t.status IN ('todo', 'doing'))
    UNION ALL
    SELECT s.id, s.provider, true, false FROM submissions s
    WHERE s.state IN {sql_list(ACTIVE_SUBMISSIONS)} AND s.subject_kind <> 'takes'
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs t
        WHERE t.lock = 'submission:' || s.id AND t.status IN ('todo', 'doing'))
    """  # noqa: S608  # only our own constants are put in
)

_STALLED = text(
    """
    SELECT t.id FROM procrastinate_jobs t LEFT JOIN procrastinate_workers w ON w.id = t.worker_id
    WHERE t.status = 'doing'
      AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :silent))
    """
)


@dataclass(frozen=True)
class Dropped:
    """An active submission that nobody works on. `wanted` is false when its videos are gone or given up.

    `takes`: it is for videos, not for a generation.
    """

    id: UUID
    provider: str
    wanted: bool
    takes: bool


async def dropped_submissions(session: Executor) -> list[Dropped]:
    """Active submissions without a task, but for those that wait for a person or a paused job; and cancelled
    ones of which it is not known what they cost."""
    rows = await session.execute(_DROPPED)
    return [Dropped(row.id, row.provider, row.wanted, row.takes) for row in rows]


async def stalled_tasks(session: Executor, silent_seconds: float) -> list[int]:
    """Tasks whose worker is gone or has said nothing for that long."""
    return list((await session.execute(_STALLED, {"silent": silent_seconds})).scalars())


async def forget_workers(session: Executor) -> None:
    """Forget every worker: only for the one that is alone on its database."""
    await session.execute(text("DELETE FROM procrastinate_workers"))


async def providers_with_work(session: Executor) -> list[str]:
    """Providers with something queued in a running job, or a generation, or held until a key or budget
    allows it."""
    rows = await session.execute(
        text(
            "SELECT DISTINCT v.provider FROM jobs j JOIN videos v ON v.job_id = j.id"  # noqa: S608  # only our own constants are put in
            " WHERE j.status = 'processing' AND (v.status = 'queued'"
            f" OR v.status = 'waiting' AND v.waiting_for IN {sql_list(RECHECKED)})"
            " UNION SELECT DISTINCT provider FROM generations WHERE ended_at IS NULL"
            f" AND (status = 'queued' OR status = 'waiting' AND waiting_for IN {sql_list(RECHECKED)})"
        )
    )
    return list(rows.scalars())


async def has_work(session: Executor, queues: Sequence[str] | None = None) -> bool:
    """Whether a worker on these queues (on all) has anything to do, now or at a time it knows."""
    row = await session.execute(
        text(
            f"""
            SELECT EXISTS (SELECT 1 FROM procrastinate_jobs
                           WHERE status IN ('todo', 'doing') AND (:all OR queue_name = ANY(:queues)))
                OR EXISTS (SELECT 1 FROM jobs j JOIN videos v ON v.job_id = j.id
                           WHERE j.status = 'processing' AND v.status IN {sql_list(RUNNING_VIDEOS)}
                             AND v.deleted_at IS NULL AND (:all OR v.provider = ANY(:queues)))
                OR EXISTS (SELECT 1 FROM local_work
                           WHERE status IN {sql_list(OPEN_WORK)} AND (:all OR kind = ANY(:queues)))
                OR EXISTS (SELECT 1 FROM submissions s
                           WHERE s.state IN {sql_list(ACTIVE_SUBMISSIONS)}
                             AND (:all OR s.provider = ANY(:queues)) AND NOT EXISTS (
                               SELECT 1 FROM videos v WHERE v.submission_id = s.id AND v.status = 'waiting'))
                OR EXISTS (SELECT 1 FROM generations
                           WHERE ended_at IS NULL AND status IN {sql_list(RUNNING_VIDEOS)}
                             AND (:all OR provider = ANY(:queues)))
            """  # noqa: S608  # only our own constants are put in
        ),
        {"all": queues is None, "queues": list(queues or ())},
    )
    return bool(row.scalar_one())


async def prune(session: Executor) -> None:
    """Forget finished tasks and old events; the ledger and the rows of jobs stay."""
    await session.execute(
        text(
            "DELETE FROM procrastinate_jobs t"
            " WHERE t.status NOT IN ('todo', 'doing')"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e"
            "                 WHERE e.job_id = t.id AND e.at > now() - interval '1 day')"
        )
    )
    await session.execute(
        text(
            "DELETE FROM upscale_tasks t WHERE created_at < now() - interval '1 day'"
            " AND NOT EXISTS (SELECT 1 FROM upscale_task_videos l WHERE l.task_id = t.id)"
        )
    )
    await session.execute(text("DELETE FROM download_links WHERE expires_at < now()"))
    await session.execute(text("DELETE FROM request_ids WHERE created_at < now() - interval '30 days'"))
    await session.execute(text("DELETE FROM events WHERE created_at < now() - interval '3 days'"))
