"""Moves jobs that chose so on to another provider, when theirs cannot be used any more.

Only what was not accepted moves: a submission that is on its way stays where it was paid.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.runtime import Runtime
from rushes.engine.states import MAYBE_ACCEPTED, JobStatus, TakeChanges, sql_list
from rushes.engine.transitions import NOW, change_takes, touch_jobs
from rushes.engine.views import JobSettings
from rushes.errors import Invalid
from rushes.jobs.rows import locked_job
from rushes.jobs.start import asked_with
from rushes.planning.routing import plan_for
from rushes.planning.settings import Plan
from rushes.platform.db.models import Job, Video
from rushes.platform.db.queue import defer, dispatch_task
from rushes.providers.modes import Mode

log = logging.getLogger(__name__)

CARRIED = (
    ("aspect_ratio", "resolution", "duration_seconds"),
    ("aspect_ratio", "duration_seconds"),
    ("aspect_ratio",),
    (),
)
"""Options that providers have in common: as many of them as another one takes."""

_STUCK = text(
    f"""
    SELECT j.id, j.owner_id, array_agg(v.id) AS video_ids, min(v.error_message) AS message,
           bool_or(v.image_key IS NOT NULL) AS images, bool_or(i.last_image_key IS NOT NULL) AS last_images,
           bool_or(cardinality(i.reference_keys) > 0) AS reference_images
    FROM videos v JOIN jobs j ON j.id = v.job_id LEFT JOIN submissions s ON s.id = v.submission_id
    LEFT JOIN shot_inputs i ON i.shot_id = v.shot_id
    WHERE v.provider = :provider AND v.status = 'waiting' AND j.status = 'processing'
      AND j.settings ->> 'when_down' = 'fallback'
      AND COALESCE(s.state NOT IN {sql_list(MAYBE_ACCEPTED)}, true)
      AND i.source_submission_id IS NULL  -- what continues from a take can only be made where that was
      AND (v.waiting_for = 'provider' OR v.waiting_for = 'person' AND v.error_type = 'auth')
    GROUP BY j.id, j.owner_id
    """  # noqa: S608  # only our own constants are put in
)


async def move_on(run: Runtime, provider: str) -> None:
    """Move the jobs of a provider whose videos cannot be made there, if another one can."""
    async with run.db.statement() as session:
        stuck = (await session.execute(_STUCK, {"provider": provider})).all()
    for row in stuck:
        async with run.db.begin() as session:
            job = await locked_job(session, row.owner_id, row.id)
            if job.status != JobStatus.PROCESSING:
                continue  # paused or cancelled since
            found = await _another(run, job, provider, _modes(row))
            if found is None:
                await _strand(session, list(row.video_ids))
                log.info("job %s: no provider but %s can do it", job.id, provider)
                continue
            await _move(session, job, found, list(row.video_ids), row.message)
            log.info("job %s goes on with %s, since %s cannot be used", job.id, found.provider.id, provider)


async def _strand(session: AsyncSession, video_ids: list[UUID]) -> None:
    """Fail what was tried often enough; what lacks a key goes on waiting for one."""
    busy = await session.execute(
        text("SELECT id FROM videos WHERE id = ANY(:ids) AND waiting_for = 'provider'"), {"ids": video_ids}
    )
    await change_takes(
        session,
        list(busy.scalars()),
        TakeChanges.STRAND,
        waiting_for=None,
        generation_completed_at=NOW,
    )


def _modes(row: Row[Any]) -> frozenset[Mode]:
    needed = {
        Mode.IMAGE_TO_VIDEO: row.images,
        Mode.FIRST_LAST_FRAME: row.last_images,
        Mode.REFERENCES: row.reference_images,
    }
    return frozenset(mode for mode, is_needed in needed.items() if is_needed)


async def _another(run: Runtime, job: Job, provider: str, modes: frozenset[Mode]) -> Plan | None:
    stored = dict(job.settings)
    options = stored.pop("options")
    for names in CARRIED:
        given = {name: options[name] for name in names if name in options}
        settings = JobSettings.model_validate({**stored, **given, "provider": None, "model": None})
        try:
            return await plan_for(run, job.owner_id, settings, modes, without=frozenset({provider}))
        except Invalid:
            continue
    return None


async def _move(
    session: AsyncSession, job: Job, found: Plan, video_ids: list[UUID], message: str | None
) -> None:
    before = job.provider
    await touch_jobs(
        session,
        [job.id],
        among=[JobStatus.PROCESSING],
        provider=found.provider.id,
        model=found.model.id,
        route_reason=f"{before} could not be used ({message}). {found.reason}",
    )
    job.settings = found.stored()  # what was accepted there keeps the options it was asked with
    await session.flush()
    for options, alike in await _by_options(session, video_ids):
        its = _carry_over(found, options)
        await change_takes(
            session,
            alike,
            TakeChanges.MOVE,
            **asked_with(its),
            waiting_for=None,
            error_type=None,
            error_message=None,
            retry_count=0,
        )
    await defer(session, [dispatch_task(found.provider.id)])


async def _by_options(
    session: AsyncSession, video_ids: Sequence[UUID]
) -> list[tuple[dict[str, Any], list[UUID]]]:
    """Return takes by the options that they are asked with."""
    rows = await session.execute(select(Video.id, Video.options).where(Video.id.in_(video_ids)))
    alike: dict[str, tuple[dict[str, Any], list[UUID]]] = {}
    for video_id, options in rows:
        alike.setdefault(json.dumps(options, sort_keys=True), (options, []))[1].append(video_id)
    return list(alike.values())


def _carry_over(found: Plan, options: Mapping[str, Any]) -> Plan:
    """Return the plan of a take that had these options: with as many of them as the provider accepts."""
    for names in CARRIED:
        try:
            return found.changed({name: options[name] for name in names if name in options})
        except Invalid:
            continue
    return found
