"""Jobs as they are shown: one query for a job or a page of them, counts included."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import waits
from rushes.engine.arrangement import ProjectRef, QueuePlace
from rushes.engine.flow_views import FLOW
from rushes.engine.states import (
    ACTIVE_JOBS,
    OVERDUE_VIDEOS,
    JobKind,
    JobStatus,
    WaitingFor,
    sql_list,
)
from rushes.engine.submission_costs import LEDGER
from rushes.engine.views import ErrorCount, JobPage, JobView, Pagination
from rushes.errors import ErrorType, NotFound
from rushes.jobs.queue_rows import PLACES
from rushes.platform.db.engine import Executor
from rushes.platform.db.models import Job

JobSort = Literal["created_at", "name", "status", "started_at", "ended_at", "queue"]
Order = Literal["asc", "desc"]
ProjectFilter = UUID | Literal["none"]
"""The jobs of one project, or those that are in none."""

_JOBS = f"""
    SELECT j.*, shots.count AS shots, differing.count AS differing,
           c.expected, c.completed, c.failed, c.cancelled, c.waiting,
           c.generating, c.price,
           COALESCE(current.share, 0) AS share, current.name AS current_image, l.cost, l.open_cost,
           reasons.reasons, previews.takes, previews.shots AS preview_shots, p.name AS project_name,
           queue.position, queue.takes_turns
    FROM ({{jobs}}) j
    LEFT JOIN projects p ON p.id = j.project_id
    LEFT JOIN ({PLACES}) queue ON queue.id = j.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS expected,
               count(*) FILTER (WHERE status = 'completed') AS completed,
               count(*) FILTER (WHERE status = 'failed') AS failed,
               count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
               count(*) FILTER (WHERE status = 'waiting') AS waiting,
               count(*) FILTER (WHERE status = 'generating') AS generating,
               COALESCE(sum(price), 0) AS price
        FROM videos  -- nothing but what the index videos_by_job has
        WHERE job_id = j.id AND deleted_at IS NULL
    ) c
    CROSS JOIN LATERAL (SELECT count(*) AS count FROM shots WHERE job_id = j.id) shots
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM videos
        WHERE job_id = j.id AND delivered_differs IS NOT NULL AND status = 'completed' AND deleted_at IS NULL
    ) differing
    LEFT JOIN LATERAL (
        SELECT COALESCE(image_filename, 'prompt ' || prompt_number) AS name, sum(progress) OVER () AS share
        FROM videos
        WHERE job_id = j.id AND status = 'generating' AND c.generating > 0  -- else it is not looked at
        ORDER BY position LIMIT 1
    ) current ON true
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT id FROM videos
                     WHERE job_id = j.id AND status = 'completed' AND deleted_at IS NULL AND c.completed > 0
                     ORDER BY position LIMIT 4) AS takes,
               ARRAY(SELECT id FROM shots WHERE job_id = j.id AND image_key IS NOT NULL AND c.completed = 0
                     ORDER BY number LIMIT 4) AS shots
    ) previews
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(settled), 0) AS cost, COALESCE(sum(open), 0) AS open_cost
        FROM {LEDGER} s WHERE job_id = j.id
    ) l
    CROSS JOIN LATERAL (
        SELECT COALESCE(jsonb_agg(jsonb_build_object('error_type', error_type, 'count', n,
                   'message', message, 'waiting_for', waiting_for, 'retry_at', retry_at)
                   ORDER BY n DESC), '[]') AS reasons
        FROM (SELECT error_type, waiting_for, count(*) AS n, min(error_message) AS message,
                     min(retry_at) AS retry_at FROM videos
              WHERE job_id = j.id AND status IN {sql_list(OVERDUE_VIDEOS)} AND error_type IS NOT NULL
                AND c.failed + c.waiting > 0 AND deleted_at IS NULL
              GROUP BY error_type, waiting_for) each
    ) reasons
"""  # noqa: S608  # only our own constants are put in

_SORTS: dict[JobSort, str] = {
    "created_at": "j.created_at",
    "name": "lower(j.name)",
    "status": "j.status",
    "started_at": "j.started_at",
    "ended_at": "j.ended_at",
    # Those that are in the queue in its order, the others after them.
    "queue": f"CASE WHEN j.status IN {sql_list(ACTIVE_JOBS)} THEN ROW(j.queue_rank, j.created_at) END",
}

_HISTORY = text(
    """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FROM (
        SELECT generation_completed_at - generation_started_at AS took FROM videos
        WHERE provider = :provider AND model = :model AND status = 'completed' AND retry_count = 0
        ORDER BY generation_completed_at DESC LIMIT 200) recent
    """
)


async def _views(session: Executor, rows: Sequence[Row[Any]]) -> list[JobView]:
    """Rows as they are shown, with why nothing of a job starts: one look for all of them."""
    idle = [row.id for row in rows if _may_wait(row)]
    found = await waits.of_jobs(session, idle)
    return [_view(row, found.get(row.id)) for row in rows]


def _may_wait(row: Row[Any]) -> bool:
    if row.status == JobStatus.PROCESSING:
        return row.completed + row.failed + row.cancelled + row.generating < row.expected
    return row.status in (JobStatus.PENDING, JobStatus.PAUSED)


def _why(reasons: Sequence[ErrorCount], row: Row[Any], wait: waits.Wait | None) -> waits.Wait | None:
    """Return why nothing of a job starts: its queue's reason, or that of what waits when all that is left
    waits for somebody."""
    if wait is not None or row.status != JobStatus.PROCESSING or not row.waiting or row.generating:
        return wait
    return next(
        (
            waits.Wait(each.waiting_for, each.message, each.retry_at, step)
            for each in reasons
            if each.waiting_for and (step := each.said_next())
        ),
        None,
    )


def _view(row: Row[Any], wait: waits.Wait | None) -> JobView:
    ended = row.completed + row.failed + row.cancelled
    expected = row.expected or row.outputs * row.shots
    done = (ended + row.share) / row.expected if row.expected else 0.0
    reasons = [ErrorCount.model_validate(each) for each in row.reasons]
    wait = _why(reasons, row, wait)
    if wait is not None and wait.is_usual:
        wait = None
    return JobView(
        job_id=row.id,
        job_name=row.name,
        kind=row.kind,
        status=JobStatus(row.status),
        progress=round(100 * min(done, 1.0), 1),
        current_image=row.current_image,
        total_images=row.image_count,
        total_prompts=row.prompt_count,
        expected_videos=expected,
        completed_videos=row.completed,
        failed_videos=row.failed,
        waiting_videos=row.waiting,
        differing_videos=row.differing,
        error_summary=reasons,
        pause_reason=row.pause_reason,
        paused_by=row.paused_by,
        provider=row.provider,
        flow_needs_auth=row.provider == FLOW
        and any(
            each.waiting_for is WaitingFor.PERSON and each.error_type is ErrorType.AUTH for each in reasons
        ),
        model=row.model,
        outputs=row.outputs,
        settings={**row.settings, "project_id": row.project_id and str(row.project_id)},
        cost=row.cost,
        open_cost=row.open_cost,
        budget=row.budget,
        route_reason=row.route_reason,
        estimated_cost=None if row.started_at is None else row.price,
        eta_seconds=None if wait is not None else _eta(row, done),
        waiting_for=wait.waiting_for if wait else None,
        wait_reason=wait.reason if wait else None,
        retry_at=wait.until if wait else None,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        previews=[f"/api/videos/{each}/thumbnail" for each in row.takes]
        or [f"/api/shots/{each}/image?width=160" for each in row.preview_shots],
        project=ProjectRef(id=row.project_id, name=row.project_name) if row.project_id else None,
        queue=QueuePlace(position=row.position, takes_turns=row.takes_turns) if row.position else None,
    )


def _eta(row: Row[Any], done: float) -> float | None:
    """Seconds left if it goes on as it went so far; unknown at the beginning and when it stands still."""
    if row.status != JobStatus.PROCESSING or row.started_at is None or not 0.02 < done < 1:
        return None
    if row.completed + row.failed + row.cancelled + row.waiting == row.expected:
        return None  # all that is left waits for somebody
    took = (datetime.now(UTC) - row.started_at).total_seconds()
    return round(took * (1 - done) / done, 1)


async def get_job(session: Executor, owner: UUID, job_id: UUID) -> JobView:
    """One job. Raises `NotFound`, also for somebody else's."""
    row = (
        await session.execute(
            text(_JOBS.format(jobs="SELECT * FROM jobs WHERE id = :id AND owner_id = :owner")),
            {"id": job_id, "owner": owner},
        )
    ).one_or_none()
    if row is None:
        raise no_job(job_id)
    (view,) = await _views(session, [row])
    return view


def no_job(job_id: UUID) -> NotFound:
    """The error for a job that is not there."""
    return NotFound(f"There is no job {job_id}.", hint="`rushes jobs` (GET /api/jobs) lists them.")


async def locked_job(session: AsyncSession, owner: UUID, job_id: UUID, *, to_delete: bool = False) -> Job:
    """The row, locked until the transaction ends. Raises `NotFound`, also for somebody else's.

    Its key only `to_delete` it: who stores what refers to it need not wait, except for that.
    """
    row = select(Job).where(Job.id == job_id, Job.owner_id == owner)
    job = await session.scalar(row.with_for_update(key_share=not to_delete))
    if job is None:
        raise no_job(job_id)
    return job


async def list_jobs(
    session: Executor,
    owner: UUID,
    *,
    kind: JobKind = JobKind.BATCH,
    status: JobStatus | None = None,
    search: str | None = None,
    project: ProjectFilter | None = None,
    page: int = 1,
    limit: int = 20,
    sort: JobSort = "created_at",
    order: Order = "desc",
) -> JobPage:
    """A page of jobs, newest first unless told otherwise. `search` is looked for in the names."""
    where = (
        "j.owner_id = :owner AND j.kind = :kind AND (CAST(:status AS text) IS NULL OR j.status = :status)"
        " AND (CAST(:search AS text) IS NULL OR strpos(lower(j.name), lower(:search)) > 0)"
    )
    given: dict[str, object] = {"owner": owner, "kind": str(kind), "status": status and str(status)}
    given["search"] = search
    if isinstance(project, UUID):
        where, given["project"] = f"{where} AND j.project_id = :project", project
    elif project is not None:
        where += " AND j.project_id IS NULL"
    count = "SELECT count(*) FROM jobs j WHERE "
    total = (await session.execute(text(count + where), given)).scalar_one()
    # `order` is one of two words (its type, checked at the edge), not free text.
    by = f"ORDER BY {_SORTS[sort]} {order} NULLS LAST, j.id {order}"
    # The page first: what is counted for each job is counted for these alone.
    page_of_jobs = f"SELECT * FROM jobs j WHERE {where} {by} LIMIT :limit OFFSET :offset"  # noqa: S608  # ours
    rows = await session.execute(
        text(f"{_JOBS.format(jobs=page_of_jobs)} {by}"),
        {**given, "limit": limit, "offset": (page - 1) * limit},
    )
    return JobPage(
        items=await _views(session, list(rows)), pagination=Pagination.of(page=page, limit=limit, total=total)
    )


async def median_seconds(session: Executor, provider: str, model: str) -> float | None:
    """Usual time for one video here, from the last 200 of this provider and model; None without a history."""
    value = (await session.execute(_HISTORY, {"provider": provider, "model": model})).scalar()
    return None if value is None else float(value)
