"""The 4K copies of videos, and what is being made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Row, text

from rushes.engine.local_work_rows import OPEN, ClaimedWork
from rushes.platform.db.engine import Executor
from rushes.platform.media.upscaling import Recipe
from rushes.platform.storage.bucket import Stored

KIND = "upscale"

# Who locks several things locks a job first, then its videos, then local work: a new row refers to its job.
_LOCK_JOBS = text(
    "SELECT id FROM jobs WHERE id IN (SELECT job_id FROM videos WHERE id = ANY(:ids) AND owner_id = :owner)"
    " ORDER BY id FOR KEY SHARE"
)
# Apart: a statement that waits for a lock does not see what was written beside it meanwhile.
_LOCK = text("SELECT id FROM videos WHERE id = ANY(:ids) AND owner_id = :owner ORDER BY id FOR UPDATE")

_CANDIDATES = text(
    f"""
    SELECT v.id, v.job_id, v.status, v.width, v.height, w.id AS open_work, w.params AS open_recipe,
           u.id AS copy, u.quality, u.codec, u.enhance, u.hardware
    FROM videos v LEFT JOIN upscales u ON u.video_id = v.id
    LEFT JOIN local_work w ON w.kind = :kind AND w.subject = v.id::text AND w.status IN {OPEN}
    WHERE v.id = ANY(:ids) AND v.owner_id = :owner AND v.deleted_at IS NULL
    ORDER BY v.id
    """  # noqa: S608  # only our own constant is put in
)
_RETIRE = text(
    """
    WITH old AS (DELETE FROM upscales WHERE video_id = :video RETURNING key),
         gone AS (DELETE FROM assets USING old WHERE assets.key = old.key)
    SELECT key FROM old
    """
)
_RECORD = text(
    """
    INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware,
                          key, width, height, size_bytes, sha256)
    VALUES (:id, :owner, :video, :job, :quality, :codec, :enhance, :hardware,
            :key, :width, :height, :size, :sha256)
    """
)


@dataclass(frozen=True)
class UpscaleCandidate:
    """A video that may be upscaled; width and height in pixels, None while it is not finished."""

    id: UUID
    job_id: UUID
    status: str
    width: int | None
    height: int | None
    open_work: UUID | None
    """The work under way on a copy, and its recipe."""
    open_recipe: Recipe | None
    copy: UUID | None
    """The work that made the copy there is, and its recipe."""
    copy_recipe: Recipe | None


def recipe_of(row: Row[Any]) -> Recipe:
    """The recipe of a task or a copy."""
    return Recipe(quality=row.quality, codec=row.codec, enhance=row.enhance, hardware=row.hardware)


async def candidates(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> list[UpscaleCandidate]:
    """The videos with what they have, locked until the transaction ends; in no order of the caller."""
    wanted = {"ids": list(video_ids), "owner": owner}
    await session.execute(_LOCK_JOBS, wanted)
    await session.execute(_LOCK, wanted)
    return [
        UpscaleCandidate(
            row.id,
            row.job_id,
            row.status,
            row.width,
            row.height,
            row.open_work,
            Recipe.model_validate(row.open_recipe) if row.open_work else None,
            row.copy,
            recipe_of(row) if row.copy else None,
        )
        for row in await session.execute(_CANDIDATES, {**wanted, "kind": KIND})
    ]


async def key_of_video(session: Executor, video_id: UUID | None) -> str | None:
    """Where the bytes of the original are. None: the video is gone."""
    row = await session.execute(text("SELECT video_key FROM videos WHERE id = :id"), {"id": video_id})
    return row.scalar()


async def record_copy(
    session: Executor, work: ClaimedWork, recipe: Recipe, stored: Stored, size: Mapping[str, JsonValue]
) -> list[str]:
    """Make this the 4K copy of its video, `width` and `height` in pixels. Returns the keys it replaces.

    Its video is locked by the caller.
    """
    replaced = list((await session.execute(_RETIRE, {"video": work.video_id})).scalars())
    whose = {"id": work.id, "owner": work.owner_id, "video": work.video_id, "job": work.job_id}
    file = {"key": stored.key, "size": stored.size, "sha256": stored.sha256}
    await session.execute(_RECORD, {**whose, **recipe.model_dump(mode="json"), **file, **size})
    return replaced
