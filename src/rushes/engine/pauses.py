"""Pauses by the system: a fault of this installation stops jobs, and its end lets them continue."""

from uuid import UUID

from sqlalchemy import text

from rushes.engine.states import JobChanges
from rushes.engine.transitions import change_jobs
from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.engine import Executor


async def pause(session: Executor, job_ids: list[UUID], fault: SystemFault) -> None:
    """Pause jobs with the fault's words as the reason."""
    reason = f"{fault.message} {fault.hint}" if fault.hint else fault.message
    await change_jobs(
        session,
        job_ids,
        JobChanges.PAUSE,
        paused_by=str(fault.error_type),
        pause_reason=reason,
    )


async def pause_all(session: Executor, provider: str, fault: SystemFault) -> None:
    """Pause every running job of a provider that still has something to submit."""
    rows = await session.execute(
        text(
            "SELECT DISTINCT j.id FROM jobs j JOIN videos v ON v.job_id = j.id AND v.status = 'queued'"
            " WHERE j.status = 'processing' AND v.provider = :provider"
        ),
        {"provider": provider},
    )
    await pause(session, list(rows.scalars()), fault)


async def paused_by_system(session: Executor) -> dict[UUID, str]:
    """Job id to the error type that paused it, of those whose fault may be gone by now."""
    rows = await session.execute(
        text("SELECT id, paused_by FROM jobs WHERE status = 'paused' AND NOT paused_by = ANY(:by_people)"),
        {"by_people": ["user", str(ErrorType.RESTORED)]},
    )
    return {row.id: row.paused_by for row in rows}


async def resume(session: Executor, job_ids: list[UUID]) -> list[UUID]:
    """paused → processing."""
    return await change_jobs(session, job_ids, JobChanges.RESUME, paused_by=None, pause_reason=None)
