"""Films and takes in one list."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from rushes.api.deps import Owner, PageLimit, PageNumber, Run, Search
from rushes.api.examples import answers
from rushes.engine.views import Pagination
from rushes.jobs.rows import Order
from rushes.story.states import JobWord
from rushes.story.videos import ListedVideo, VideoPage, VideoSort, WatchedKind, page_of_videos

router = APIRouter(prefix="/api/videos", tags=["videos"])

_FILM = UUID("5e4d3c2b-1a09-4f8e-9d7c-6b5a49382716")
_STORY = UUID("0f1e2d3c-4b5a-4697-8879-a6b5c4d3e2f1")
EXAMPLE = VideoPage(
    items=[
        ListedVideo(
            id=_FILM,
            kind=WatchedKind.FILM,
            name="How rice grows",
            status=JobWord.COMPLETED,
            story_id=_STORY,
            job_id=None,
            provider=None,
            video_url=f"/api/films/{_FILM}/files/film.mp4",
            thumbnail_url=f"/api/films/{_FILM}/files/poster.jpg",
            width=1080,
            height=1920,
            seconds=61.2,
            size_bytes=24_300_000,
            created_at=datetime(2026, 11, 30, 9, 26, 53, tzinfo=UTC),
            completed_at=datetime(2026, 11, 30, 9, 27, 41, tzinfo=UTC),
        )
    ],
    pagination=Pagination.of(page=1, limit=20, total=1),
)


@router.get("", responses=answers(EXAMPLE, "A page of films and takes."), summary="List films and takes")
async def read_all_videos(
    run: Run,
    owner: Owner,
    kind: Annotated[WatchedKind | None, Query(description="Only films, or only takes.")] = None,
    status: Annotated[JobWord | None, Query(description="Only with this status.")] = None,
    search: Search = None,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    sort: Annotated[VideoSort, Query(description="By what.")] = "created_at",
    order: Annotated[Order, Query(description="In which direction.")] = "desc",
) -> VideoPage:
    """A page of everything here that can be watched, newest first: films of stories, and takes."""
    async with run.db.statement() as session:
        return await page_of_videos(
            session,
            owner,
            kind=kind,
            status=status,
            search=search,
            page=page,
            limit=limit,
            sort=sort,
            order=order,
        )
