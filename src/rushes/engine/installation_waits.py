"""Why things do not start in the whole installation, over all owners: for health and the doctor."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, text

from rushes.engine import waits
from rushes.engine.next_step import REASONS, WaitsOn
from rushes.engine.states import ACTIVE_JOBS, sql_list
from rushes.engine.wait_views import WaitView
from rushes.engine.waits import Wait
from rushes.errors import Actor
from rushes.platform.db.engine import Executor

MOST_JOBS = 200
"""So many of the jobs that have been open longest are looked at."""

_OPEN = text(
    f"""
    SELECT id, provider FROM jobs
    WHERE status IN {sql_list(ACTIVE_JOBS)} AND paused_by IS DISTINCT FROM 'user'
    ORDER BY started_at LIMIT :most
    """  # noqa: S608  # only our own constant is put in
)
_ARCHIVE = text(
    """
    SELECT place, count(*) AS copies, min(retry_at) AS retry_at,
           (array_agg(error ORDER BY retry_at DESC))[1] AS error
    FROM copies WHERE state = 'storing' AND error IS NOT NULL GROUP BY place ORDER BY place
    """
)


async def installation_waits(session: Executor) -> list[WaitView]:
    """Return what does not start or continue, one entry per provider and reason, and the archive's."""
    jobs = (await session.execute(_OPEN, {"most": MOST_JOBS})).all()
    found = await waits.of_jobs(session, [row.id for row in jobs])
    groups: dict[tuple[str, str], list[Wait]] = defaultdict(list)
    for row in jobs:
        wait = found.get(row.id)
        if wait is not None and wait.is_blocked:
            groups[wait.provider or row.provider, str(wait.waiting_for)].append(wait)
    views = [_view(where, group) for (where, _), group in sorted(groups.items())]
    return views + [_archive(row) for row in await session.execute(_ARCHIVE)]


def _view(where: str, group: list[Wait]) -> WaitView:
    first = group[0]
    times = [each.until for each in group if each.until]
    said = REASONS[first.error_type].what if first.error_type else first.next.step
    return WaitView(
        where=where,
        waiting_for=first.waiting_for,
        reason=said,
        retry_at=min(times, default=None),
        jobs=len(group),
        next_actor=first.next.actor,
        next_step=first.next.step,
    )


def _archive(row: Row[Any]) -> WaitView:
    return WaitView(
        where=row.place,
        waiting_for=WaitsOn.RETRY,
        reason=row.error,
        retry_at=row.retry_at,
        jobs=0,
        copies=row.copies,
        next_actor=Actor.CLOCK,
        next_step="The copies are tried again automatically; until then the videos stay in the storage.",
    )
