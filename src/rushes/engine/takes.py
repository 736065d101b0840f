"""Writes finished takes: the video's row, its assets, its event and the ledger's end in one statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.engine.events import VIDEO_EVENT
from rushes.engine.states import SubmissionChanges, TakeChanges, sql_list
from rushes.platform.db.engine import Executor

_COMPLETE = text(
    f"""
    WITH takes AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS t (
            video_id uuid, submission_id uuid, share numeric, closes boolean, cost numeric,
            video_key text, thumbnail_key text, duration_seconds float, width int, height int,
            size_bytes bigint, sha256 text, crc32 bigint, thumbnail_size bigint, thumbnail_sha256 text,
            delivered_differs jsonb)
    ), there AS MATERIALIZED (  -- before any video: who deletes a job has it first, and then its videos
        SELECT id FROM jobs WHERE id IN (
            SELECT s.job_id FROM submissions s JOIN takes t ON t.submission_id = s.id)
        ORDER BY id FOR KEY SHARE
    ), held AS (
        UPDATE submissions s
        SET state = CASE WHEN t.closes THEN '{SubmissionChanges.COMPLETE.target}' ELSE s.state END,
            cost = CASE WHEN t.closes THEN COALESCE(t.cost, s.cost) ELSE s.cost END,
            error = CASE WHEN t.closes THEN NULL ELSE s.error END,
            ended_at = CASE WHEN t.closes THEN now() ELSE s.ended_at END
        FROM takes t
        WHERE s.id = t.submission_id AND s.worker = :worker
          AND s.state IN {sql_list(SubmissionChanges.COMPLETE.sources)}
        RETURNING s.id
    ), changed AS (
        UPDATE videos SET status = '{TakeChanges.COMPLETE.target}', progress = NULL, video_key = t.video_key,
               thumbnail_key = t.thumbnail_key, duration_seconds = t.duration_seconds, width = t.width,
               height = t.height, size_bytes = t.size_bytes, sha256 = t.sha256, cost = t.share,
               delivered_differs = NULLIF(t.delivered_differs, 'null'),
               error_type = NULL, error_message = NULL, waiting_for = NULL,
               generation_completed_at = now()
        FROM takes t
        WHERE videos.id = t.video_id AND videos.submission_id = t.submission_id
          AND videos.job_id IN (SELECT id FROM there)
          AND videos.status IN {sql_list(TakeChanges.COMPLETE.sources)}
          AND t.submission_id IN (SELECT id FROM held)
        RETURNING videos.*
    ), stored AS (
        INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
        SELECT a.key, changed.owner_id, changed.job_id, a.media_type, a.sha256, a.size_bytes
        FROM changed JOIN takes t ON t.video_id = changed.id, LATERAL (VALUES
            (t.video_key, 'video/mp4', t.sha256, t.size_bytes),
            (t.thumbnail_key, 'image/jpeg', t.thumbnail_sha256, t.thumbnail_size)
        ) AS a (key, media_type, sha256, size_bytes)
        ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes
    ), summed AS (
        INSERT INTO asset_sums (key, owner_id, sha256, crc32)
        SELECT t.video_key, changed.owner_id, t.sha256, t.crc32
        FROM changed JOIN takes t ON t.video_id = changed.id
        ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, crc32 = EXCLUDED.crc32
    ), told AS (
        {VIDEO_EVENT}
    )
    SELECT held.id, NULL::uuid AS video_id FROM held
    UNION ALL SELECT NULL, changed.id FROM changed
    """  # noqa: S608  # only our own constant is put in
)


@dataclass(frozen=True)
class StoredTake:
    """A take whose bytes are safe. Sizes in bytes and pixels."""

    video_key: str
    thumbnail_key: str
    duration_seconds: float
    width: int
    height: int
    size_bytes: int
    sha256: str
    crc32: int
    thumbnail_size: int
    thumbnail_sha256: str
    delivered_differs: list[dict[str, str]] | None = None
    """In what it is not as it was asked for (`delivered.py`)."""


@dataclass(frozen=True)
class FinishedTake:
    """A stored take of a submission. The one that `closes` it also ends the ledger row, at `cost`."""

    video_id: UUID
    submission_id: UUID
    stored: StoredTake
    share: Decimal | None
    closes: bool = False
    cost: Decimal | None = None


@dataclass(frozen=True)
class KeptTake:
    """What became of a finished take. Not `ours`: the submission belongs to another worker now, or has
    ended. Not `kept`: the video was cancelled or deleted meanwhile, and its bytes are nobody's."""

    ours: bool
    kept: bool


async def complete_takes(session: Executor, takes: Sequence[FinishedTake], worker: str) -> list[KeptTake]:
    """generating → completed, each with its ledger row. At most one take of a submission at a time."""
    rows = [
        {
            **vars(take.stored),
            "video_id": str(take.video_id),
            "submission_id": str(take.submission_id),
            "share": None if take.share is None else str(take.share),
            "closes": take.closes,
            "cost": None if take.cost is None else str(take.cost),
        }
        for take in takes
    ]
    done = (await session.execute(_COMPLETE, {"rows": json.dumps(rows), "worker": worker})).all()
    held, kept = {row.id for row in done}, {row.video_id for row in done}
    return [KeptTake(take.submission_id in held, take.video_id in kept) for take in takes]


async def stored_videos(session: Executor, submission_id: UUID) -> set[UUID]:
    """The videos of a submission that are completed."""
    rows = await session.execute(
        text("SELECT id FROM videos WHERE submission_id = :id AND status = 'completed'"),
        {"id": submission_id},
    )
    return set(rows.scalars())
