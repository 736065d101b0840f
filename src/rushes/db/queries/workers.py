"""Who works on this database."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def workers_alive(session: AsyncSession, silent_seconds: float) -> int:
    """Workers that said something within that time."""
    row = await session.execute(
        text(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => :silent)"
        ),
        {"silent": silent_seconds},
    )
    return row.scalar_one()
