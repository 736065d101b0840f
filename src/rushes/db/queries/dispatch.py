"""The dispatcher's one query: what may start now under every limit, claimed in the same statement.

Fair turns: a user with less in flight goes first; inside a user, a job with less in flight.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.db.engine import Executor
from rushes.db.queue import defer, make_videos_task

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('dispatch:' || :provider, 0))")

_CLAIM = text(
    """
    WITH busy AS (
        SELECT owner_id, job_id, count(*) AS n FROM submissions
        WHERE provider = :provider AND state IN ('claimed', 'submitting', 'submitted')
        GROUP BY owner_id, job_id
    ), room AS (
        SELECT GREATEST(:concurrency - COALESCE(sum(n), 0), 0)::int AS n FROM busy
    ), candidates AS (
        SELECT v.*, j.owner_id, j.priority, j.take_price, j.settings,
               (row_number() OVER (
                   PARTITION BY v.shot_id, v.prompt_text, v.negative_prompt, v.image_key
                   ORDER BY v.position) - 1) / :per_call AS chunk
        FROM jobs j CROSS JOIN LATERAL (
            SELECT id, job_id, shot_id, position, prompt_text, negative_prompt, image_key, model, retry_count
            FROM videos
            WHERE job_id = j.id AND status = 'queued' AND deleted_at IS NULL AND provider = :provider
              AND (retry_at IS NULL OR retry_at <= now())
            ORDER BY position
            LIMIT (SELECT n FROM room) * :per_call
        ) v
        WHERE j.status = 'processing'
    ), calls AS MATERIALIZED (
        SELECT gen_random_uuid() AS id, array_agg(id ORDER BY position) AS video_ids,
               min(position) AS position, max(retry_count) + 1 AS attempt,
               job_id, owner_id, shot_id, priority, take_price, model,
               md5(concat_ws(chr(31), :provider, model, prompt_text, negative_prompt, image_key,
                             settings::text)) AS request_hash
        FROM candidates
        GROUP BY job_id, owner_id, shot_id, priority, take_price, settings, model,
                 prompt_text, negative_prompt, image_key, chunk
    ), in_job AS (
        SELECT calls.*, COALESCE(busy.n, 0)
               + row_number() OVER (PARTITION BY calls.job_id ORDER BY position) AS job_turn
        FROM calls LEFT JOIN busy ON busy.job_id = calls.job_id
    ), in_owner AS (
        SELECT in_job.*,
               COALESCE((SELECT sum(n) FROM busy WHERE busy.owner_id = in_job.owner_id), 0)
               + row_number() OVER (
                   PARTITION BY owner_id ORDER BY priority DESC, job_turn, position) AS owner_turn
        FROM in_job
    ), chosen AS (
        SELECT * FROM in_owner ORDER BY owner_turn, priority DESC, job_turn, position
        LIMIT (SELECT n FROM room)
    ), claimed AS (
        UPDATE videos SET status = 'generating', submission_id = c.id, progress = NULL, retry_at = NULL,
               waiting_for = NULL, error_type = NULL, error_message = NULL,
               generation_started_at = COALESCE(generation_started_at, now())
        FROM (SELECT id, unnest(video_ids) AS video_id FROM chosen) c
        WHERE videos.id = c.video_id AND videos.status = 'queued' AND videos.deleted_at IS NULL
        RETURNING videos.id AS video_id, videos.position, c.id, videos.owner_id, videos.job_id
    ), told AS (
        INSERT INTO events (owner_id, job_id, video_id, type, data)
        SELECT owner_id, job_id, video_id, 'video', '{"status": "generating"}' FROM claimed
    )
    INSERT INTO submissions (id, owner_id, job_id, shot_id, video_ids, attempt, provider, model, state,
                             request_hash, cost_estimate, faults)
    SELECT chosen.id, chosen.owner_id, chosen.job_id, chosen.shot_id, kept.video_ids, chosen.attempt,
           :provider, chosen.model, 'claimed', chosen.request_hash,
           COALESCE(chosen.take_price, 0) * cardinality(kept.video_ids), 0
    FROM chosen JOIN (
        SELECT id, array_agg(video_id ORDER BY position) AS video_ids FROM claimed GROUP BY id
    ) kept ON kept.id = chosen.id
    ORDER BY chosen.owner_turn, chosen.priority DESC, chosen.job_turn, chosen.position
    RETURNING id
    """
)

_NEXT_RETRY = text(
    """
    SELECT min(v.retry_at) FROM jobs j JOIN videos v ON v.job_id = j.id
    WHERE j.status = 'processing' AND v.status = 'queued' AND v.provider = :provider
      AND v.retry_at > now()
    """
)

_END_JOBS = text(
    """
    WITH ended AS (
        UPDATE jobs SET ended_at = now(), status = CASE
            WHEN EXISTS (SELECT 1 FROM videos WHERE job_id = jobs.id AND status = 'completed')
            THEN 'completed' ELSE 'failed' END
        WHERE status IN ('processing', 'paused') AND NOT EXISTS (
            SELECT 1 FROM videos
            WHERE job_id = jobs.id AND status IN ('queued', 'generating', 'waiting') AND deleted_at IS NULL)
        RETURNING id, owner_id, status
    )
    INSERT INTO events (owner_id, job_id, type, data)
    SELECT owner_id, id, 'job', jsonb_build_object('status', status) FROM ended
    RETURNING job_id
    """
)


@dataclass(frozen=True)
class Dispatched:
    """What one run of the dispatcher did. `next_retry` is when the earliest waiting retry is due."""

    submission_ids: tuple[UUID, ...]
    next_retry: datetime | None


async def claim(
    session: AsyncSession, *, provider: str, concurrency: int, outputs_per_call: int
) -> Dispatched:
    """Claim what may start and put its tasks into the queue. One at a time a provider (engine lock)."""
    await session.execute(_LOCK, {"provider": provider})
    rows = await session.execute(
        _CLAIM, {"provider": provider, "concurrency": concurrency, "per_call": outputs_per_call}
    )
    ids: tuple[UUID, ...] = tuple(row.id for row in rows)
    await defer(session, [make_videos_task(submission_id, provider) for submission_id in ids])
    next_retry = (await session.execute(_NEXT_RETRY, {"provider": provider})).scalar_one()
    return Dispatched(ids, next_retry)


async def end_jobs(session: Executor) -> tuple[UUID, ...]:
    """Mark jobs with nothing left to do as completed or failed. Returns their ids.

    Runs in a transaction of its own after the last video's: whichever of two last videos commits
    later sees both.
    """
    return tuple((await session.execute(_END_JOBS)).scalars())
