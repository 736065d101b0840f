"""All finished takes of an owner in one list, of jobs and of the Studio, found by what people remember."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.engine.views import Pagination, VideoView
from rushes.library.rows import video_view
from rushes.platform.db.engine import Executor

LibrarySort = Literal["newest", "oldest", "stars"]
_ORDERS: dict[LibrarySort, str] = {
    "newest": "v.created_at DESC, v.id DESC",
    "oldest": "v.created_at, v.id",
    "stars": "v.rating DESC, v.created_at DESC, v.id DESC",
}


@dataclass(frozen=True)
class LibraryFilter:
    """What takes have to be to be listed; what is None does not matter."""

    search: str | None = None
    picked: bool | None = None
    rejected: bool | None = None
    min_rating: int = 0
    provider: str | None = None
    kind: str | None = None
    project_id: UUID | None = None
    upscaled: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


class LibraryTake(BaseModel):
    """A finished take, and the job it belongs to."""

    video: VideoView
    job_name: str
    kind: str = Field(description="How its job came about: `batch`, `studio`, `openai`, `story`.")


class LibraryPage(BaseModel):
    """A page of finished takes."""

    items: list[LibraryTake]
    providers: list[str] = Field(description="Whose takes there are, by id.")
    pagination: Pagination


_WHERE = """
    FROM videos v JOIN jobs j ON j.id = v.job_id
    WHERE v.owner_id = :owner AND v.status = 'completed' AND v.deleted_at IS NULL AND v.rating >= :min_rating
      AND (CAST(:search AS text) IS NULL OR strpos(lower(v.prompt_text), lower(:search)) > 0
           OR strpos(lower(COALESCE(v.image_filename, '')), lower(:search)) > 0
           OR strpos(lower(j.name), lower(:search)) > 0)
      AND (CAST(:picked AS boolean) IS NULL OR v.selected = :picked)
      AND (CAST(:rejected AS boolean) IS NULL OR v.rejected = :rejected)
      AND (CAST(:provider AS text) IS NULL OR v.provider = :provider)
      AND (CAST(:kind AS text) IS NULL OR j.kind = :kind)
      AND (CAST(:project_id AS uuid) IS NULL OR j.project_id = :project_id)
      AND (CAST(:upscaled AS boolean) IS NULL OR v.upscaled = :upscaled)
      AND (CAST(:since AS timestamptz) IS NULL OR v.created_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR v.created_at < :until)
"""
_PROVIDERS = text(
    "SELECT DISTINCT provider FROM videos WHERE owner_id = :owner AND status = 'completed'"
    " AND deleted_at IS NULL ORDER BY provider"
)


async def search_library(
    session: Executor, owner: UUID, wanted: LibraryFilter, *, sort: LibrarySort, page: int, limit: int
) -> LibraryPage:
    """Return a page (from 1) of the finished takes that pass the filter."""
    given = {"owner": owner, **vars(wanted)}
    # The order is one of our own words; what comes from outside is bound.
    total = (await session.execute(text(f"SELECT count(*) {_WHERE}"), given)).scalar_one()  # ours
    listed = f"SELECT v.*, j.name AS job_name, j.kind {_WHERE} ORDER BY {_ORDERS[sort]}"  # ours
    rows = await session.execute(
        text(f"{listed} LIMIT :limit OFFSET :offset"), {**given, "limit": limit, "offset": (page - 1) * limit}
    )
    items = [LibraryTake(video=video_view(row), job_name=row.job_name, kind=row.kind) for row in rows]
    providers = list((await session.execute(_PROVIDERS, {"owner": owner})).scalars())
    return LibraryPage(
        items=items,
        providers=providers,
        pagination=Pagination.of(page=page, limit=limit, total=total),
    )
