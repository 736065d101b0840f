"""Where the bytes of a row are, for those who fetch them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from rushes.errors import NotFound
from rushes.platform.db.engine import Executor

_VIDEO = """
    SELECT a.key, a.media_type, a.sha256, v.prompt_number AS number, v.video_index AS take,
           v.prompt_text AS prompt, v.status
    FROM videos v LEFT JOIN assets a ON a.key = v.{column}
    WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NULL
"""
_CONTENT = text(_VIDEO.format(column="video_key"))
_UPSCALED = text(
    """
    SELECT a.key, a.media_type, a.sha256, v.prompt_number AS number, v.video_index AS take,
           v.prompt_text AS prompt, v.status
    FROM videos v LEFT JOIN upscales u ON u.video_id = v.id LEFT JOIN assets a ON a.key = u.key
    WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NULL
    """
)
_THUMBNAIL = text(_VIDEO.format(column="thumbnail_key"))
_START = text(_VIDEO.format(column="image_key"))
_IMAGE = text(
    "SELECT a.key, a.media_type, a.sha256, s.image_filename"
    " FROM shots s LEFT JOIN assets a ON a.key = s.image_key WHERE s.id = :id AND s.owner_id = :owner"
)


@dataclass(frozen=True)
class StoredFile:
    """A file in the storage. `sha256` in hex."""

    key: str
    media_type: str
    sha256: str


@dataclass(frozen=True)
class TakeFile(StoredFile):
    """A file of a video, with what names it."""

    number: int
    take: int
    prompt: str


class FileChoice(StrEnum):
    """Which file of a video is meant: the original or the upscaled one."""

    ORIGINAL = "original"
    UPSCALED = "4k"
    THUMBNAIL = "thumbnail"
    IMAGE = "image"
    """The image it starts from."""


_STATEMENTS = {
    FileChoice.ORIGINAL: _CONTENT,
    FileChoice.UPSCALED: _UPSCALED,
    FileChoice.THUMBNAIL: _THUMBNAIL,
    FileChoice.IMAGE: _START,
}


async def video_file(
    session: Executor, owner: UUID, video_id: UUID, copy: FileChoice = FileChoice.ORIGINAL
) -> TakeFile:
    """One of its files. Raises `NotFound`, also while there is none yet."""
    row = (await session.execute(_STATEMENTS[copy], {"id": video_id, "owner": owner})).one_or_none()
    if row is None:
        raise NotFound(f"There is no video {video_id}.", hint="GET /api/jobs/{job_id}/videos lists them.")
    if row.key is None and copy is FileChoice.IMAGE:
        raise NotFound(f"The video {video_id} starts from no image; it is made from its prompt alone.")
    if row.key is None and copy is FileChoice.UPSCALED:
        raise NotFound(
            f"There is no 4K copy of the video {video_id}.", hint="POST /api/videos/upscale makes one."
        )
    if row.key is None:
        raise NotFound(f"The video {video_id} is {row.status}; there is nothing to see of it yet.")
    return TakeFile(row.key, row.media_type, row.sha256, row.number, row.take, row.prompt)


async def shot_image(session: Executor, owner: UUID, shot_id: UUID) -> tuple[StoredFile, str]:
    """The start image of a shot, and the name its owner knows it by. Raises `NotFound`."""
    row = (await session.execute(_IMAGE, {"id": shot_id, "owner": owner})).one_or_none()
    if row is None:
        raise NotFound(f"There is no shot {shot_id}.")
    if row.key is None:
        raise NotFound(f"The shot {shot_id} has no image; it is made from its prompt alone.")
    return StoredFile(row.key, row.media_type, row.sha256), row.image_filename


async def still_of(session: Executor, owner: UUID, key: str) -> StoredFile | None:
    """A picture that was made of a video, if it has been."""
    row = (
        await session.execute(
            text("SELECT key, media_type, sha256 FROM assets WHERE key = :key AND owner_id = :owner"),
            {"key": key, "owner": owner},
        )
    ).one_or_none()
    return StoredFile(row.key, row.media_type, row.sha256) if row else None


async def add_still(session: Executor, video_id: UUID, key: str, sha256: str, size: int) -> bool:
    """Write down a picture that was made of a video, size in bytes. False: the video is gone."""
    rows = await session.execute(
        text(
            "INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)"
            " SELECT :key, owner_id, job_id, 'image/jpeg', :sha256, :size FROM videos WHERE id = :id"
            " ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes"
            " RETURNING key"
        ),
        {"key": key, "id": video_id, "sha256": sha256, "size": size},
    )
    return rows.scalar() is not None
