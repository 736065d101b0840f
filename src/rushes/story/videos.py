"""Films and takes in one list: everything here that can be watched, a page at a time."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.engine.local_work_states import WorkStatus
from rushes.engine.states import VideoStatus
from rushes.engine.views import Pagination
from rushes.platform.db.engine import Executor
from rushes.platform.told import ToldText
from rushes.story.states import JobWord

VideoSort = Literal["created_at", "seconds", "size_bytes", "name"]
"""What a list of videos is ordered by."""


class WatchedKind(StrEnum):
    """What a video of the list is."""

    FILM = "film"
    TAKE = "take"


class ListedVideo(BaseModel):
    """A film, or a take. What is not known yet is null; sizes in pixels and bytes."""

    id: UUID = Field(description="Of the film (`/api/films/{id}`) or take (`/api/videos/{id}`).")
    kind: WatchedKind
    name: ToldText = Field(description="The name of the story, or the beginning of the prompt.")
    status: JobWord
    story_id: UUID | None = Field(description="Of a film.")
    job_id: UUID | None = Field(description="Of a take.")
    provider: str | None = Field(description="Who made a take.")
    video_url: str | None
    thumbnail_url: str | None
    width: int | None
    height: int | None
    seconds: float | None
    size_bytes: int | None
    created_at: datetime
    completed_at: datetime | None


class VideoPage(BaseModel):
    """A page of films and takes."""

    items: list[ListedVideo]
    pagination: Pagination


_FILM_WORD = f"""CASE WHEN f.completed_at IS NOT NULL THEN '{JobWord.COMPLETED}'
    WHEN w.status = '{WorkStatus.QUEUED}' THEN '{JobWord.QUEUED}'
    WHEN w.status = '{WorkStatus.RUNNING}' THEN '{JobWord.PROCESSING}' ELSE '{JobWord.FAILED}' END"""
_TAKE_WORD = f"""CASE v.status WHEN '{VideoStatus.COMPLETED}' THEN '{JobWord.COMPLETED}'
    WHEN '{VideoStatus.QUEUED}' THEN '{JobWord.QUEUED}'
    WHEN '{VideoStatus.FAILED}' THEN '{JobWord.FAILED}'
    WHEN '{VideoStatus.CANCELLED}' THEN '{JobWord.FAILED}' ELSE '{JobWord.PROCESSING}' END"""
_EVERY = f"""
    WITH every AS (
        SELECT f.id, '{WatchedKind.FILM}' AS kind, s.name, {_FILM_WORD} AS status, f.story_id,
               NULL::uuid AS job_id, NULL AS provider,
               CASE WHEN f.files ? 'film.mp4' THEN '/api/films/' || f.id || '/files/film.mp4' END
                   AS video_url,
               CASE WHEN f.files ? 'poster.jpg' THEN '/api/films/' || f.id || '/files/poster.jpg' END
                   AS thumbnail_url,
               f.width, f.height, f.seconds, f.size_bytes, f.created_at, f.completed_at
        FROM films f JOIN stories s ON s.id = f.story_id AND s.deleted_at IS NULL
        LEFT JOIN local_work w ON w.id = f.work_id
        WHERE f.owner_id = :owner AND f.purpose = 'film'
        UNION ALL
        SELECT v.id, '{WatchedKind.TAKE}', left(v.prompt_text, 200), {_TAKE_WORD}, NULL, v.job_id, v.provider,
               CASE WHEN v.video_key IS NOT NULL THEN '/api/videos/' || v.id || '/content' END,
               CASE WHEN v.thumbnail_key IS NOT NULL THEN '/api/videos/' || v.id || '/thumbnail' END,
               v.width, v.height, v.duration_seconds, v.size_bytes, v.created_at, v.generation_completed_at
        FROM videos v WHERE v.owner_id = :owner AND v.deleted_at IS NULL
    ), chosen AS (
        SELECT * FROM every WHERE (CAST(:kind AS text) IS NULL OR kind = :kind)
          AND (CAST(:status AS text) IS NULL OR status = :status)
          AND (CAST(:search AS text) IS NULL OR strpos(lower(name), lower(:search)) > 0)
    )
"""  # noqa: S608  # only our own constants are put in
_COUNT = f"{_EVERY} SELECT count(*) FROM chosen"  # noqa: S608  # only our own constants are put in


async def page_of_videos(
    session: Executor,
    owner: UUID,
    *,
    kind: WatchedKind | None = None,
    status: JobWord | None = None,
    search: str | None = None,
    page: int = 1,
    limit: int = 20,
    sort: VideoSort = "created_at",
    order: Literal["asc", "desc"] = "desc",
) -> VideoPage:
    """Return a page (from 1) of an owner's films and takes; what has no length or size yet comes last."""
    given = {
        "owner": owner,
        "kind": kind and str(kind),
        "status": status and str(status),
        "search": search,
    }
    total = (await session.execute(text(_COUNT), given)).scalar_one()
    # `sort` and `order` are words of their types, checked at the edge.
    by = "lower(name)" if sort == "name" else sort
    rows = await session.execute(
        text(
            f"{_EVERY} SELECT * FROM chosen ORDER BY {by} {order} NULLS LAST, id {order}"  # noqa: S608  # as said above
            " LIMIT :limit OFFSET :offset"
        ),
        {**given, "limit": limit, "offset": (page - 1) * limit},
    )
    return VideoPage(
        items=[ListedVideo.model_validate(dict(each)) for each in rows.mappings()],
        pagination=Pagination.of(page=page, limit=limit, total=total),
    )
