"""Who works on this database."""

from sqlalchemy import text

from rushes.platform.db.engine import Executor


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
