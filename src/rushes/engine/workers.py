"""Who works on this database, and on which queues."""

from collections.abc import Iterable

from sqlalchemy import text

from rushes.platform.db.engine import Executor

_SERVES = text(
    """
    INSERT INTO worker_queues (worker, queues, silent_seconds) VALUES (:worker, :queues, :silent)
    ON CONFLICT (worker) DO UPDATE
    SET queues = excluded.queues, silent_seconds = excluded.silent_seconds, heartbeat = now()
    """
)
LIVE_QUEUES = """
    SELECT DISTINCT unnest(queues) FROM worker_queues
    WHERE heartbeat > now() - make_interval(secs => silent_seconds)
"""
"""The queues that a worker which is alive serves."""


async def workers_alive(session: Executor, silent_seconds: float) -> int:
    """Workers that said something within that time."""
    row = await session.execute(
        text(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => :silent)"
        ),
        {"silent": silent_seconds},
    )
    return row.scalar_one()


async def serve_queues(session: Executor, worker: str, queues: Iterable[str], silent_seconds: float) -> None:
    """Record that a worker is alive and serves these queues. It counts as dead after `silent_seconds`."""
    given = {"worker": worker, "queues": sorted(queues), "silent": silent_seconds}
    await session.execute(_SERVES, given)


async def leave_queues(session: Executor, worker: str) -> None:
    """Record that a worker has ended."""
    await session.execute(text("DELETE FROM worker_queues WHERE worker = :worker"), {"worker": worker})


async def prune_workers(session: Executor) -> None:
    """Forget workers that were killed a day ago or earlier."""
    await session.execute(text("DELETE FROM worker_queues WHERE heartbeat < now() - interval '1 day'"))
