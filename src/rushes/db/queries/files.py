"""Where the bytes of a row are, for those who fetch them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text

from rushes.db.engine import Executor
from rushes.errors import NotFound

_VIDEO = """
    SELECT a.key, a.media_type, a.sha256, v.prompt_number AS number, v.video_index AS take,
           v.prompt_text AS prompt, v.status
    FROM videos v LEFT JOIN assets a ON a.key = v.{column}
    WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NULL
"""
_CONTENT = text(_VIDEO.format(column="video_key"))
_THUMBNAIL = text(_VIDEO.format(column="thumbnail_key"))
_IMAGE = text(
    "SELECT a.key, a.media_type, a.sha256, s.image_filename"
    " FROM shots s LEFT JOIN assets a ON a.key = s.image_key WHERE s.id = :id AND s.owner_id = :owner"
)

_VIDEO_IMAGE = text(
    "SELECT a.key, a.media_type, a.sha256, v.image_filename"
    " FROM videos v LEFT JOIN assets a ON a.key = v.image_key"
    " WHERE v.id = :id AND v.owner_id = :owner AND v.deleted_at IS NULL"
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


async def video_file(session: Executor, owner: UUID, video_id: UUID, *, thumbnail: bool = False) -> TakeFile:
    """The bytes of a video, or its thumbnail. Raises `NotFound`, also while there are none yet."""
    statement = _THUMBNAIL if thumbnail else _CONTENT
    row = (await session.execute(statement, {"id": video_id, "owner": owner})).one_or_none()
    if row is None:
        raise NotFound(f"There is no video {video_id}.", hint="GET /api/jobs/{job_id}/videos lists them.")
    if row.key is None:
        raise NotFound(f"The video {video_id} is {row.status}; there is nothing to see of it yet.")
    return TakeFile(row.key, row.media_type, row.sha256, row.number, row.take, row.prompt)


async def shot_image(session: Executor, owner: UUID, shot_id: UUID) -> tuple[StoredFile, str]:
    """The start image of a shot, and the name its owner knows it by. Raises `NotFound`."""
    return await _image(session, _IMAGE, owner, shot_id, "shot")


async def video_image(session: Executor, owner: UUID, video_id: UUID) -> tuple[StoredFile, str]:
    """The image a take starts from: the shot's, unless it was given another. Raises `NotFound`."""
    return await _image(session, _VIDEO_IMAGE, owner, video_id, "video")


async def _image(
    session: Executor, statement: TextClause, owner: UUID, thing: UUID, what: str
) -> tuple[StoredFile, str]:
    row = (await session.execute(statement, {"id": thing, "owner": owner})).one_or_none()
    if row is None:
        raise NotFound(f"There is no {what} {thing}.")
    if row.key is None:
        raise NotFound(f"The {what} {thing} has no image; it is made from its prompt alone.")
    return StoredFile(row.key, row.media_type, row.sha256), row.image_filename
