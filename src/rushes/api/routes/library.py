"""The library: every finished take in one list; and takes of many shots made again at once."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from rushes.api import examples
from rushes.api.deps import Owner, PageNumber, RequestModel, Run, Text
from rushes.api.examples import answers
from rushes.engine.states import JobKind
from rushes.engine.views import Pagination
from rushes.library.bulk import TakeAgain, regenerate_some
from rushes.library.search import LibraryFilter, LibraryPage, LibrarySort, LibraryTake, search_library

router = APIRouter(prefix="/api/library", tags=["review"])

LIBRARY = LibraryPage(
    items=[LibraryTake(video=examples.VIDEO, job_name="Winter lookbook", kind="batch")],
    providers=["animatic", "omni"],
    pagination=Pagination.of(page=1, limit=60, total=1),
)
MORE: dict[str, Example] = {
    "more": {
        "summary": "Two more takes",
        "value": {"videos": [{"video_id": str(examples.VIDEO_ID)}], "takes": 2},
    },
    "prompts": {
        "summary": "Corrected prompts",
        "value": {"videos": [{"video_id": str(examples.VIDEO_ID), "new_prompt": "A fox in the snow"}]},
    },
}
Flag = Annotated[bool | None, Query(description="Only those that are so (true), or are not (false).")]


class Again(RequestModel):
    """A take to make again."""

    model_config = ConfigDict(extra="forbid")

    video_id: UUID
    new_prompt: str | None = Field(
        None, max_length=100_000, description="Another prompt; its own if left out."
    )


class AgainSome(RequestModel):
    """The body that makes takes of many shots again."""

    model_config = ConfigDict(extra="forbid")

    videos: list[Again] = Field(min_length=1, max_length=1000)
    takes: int = Field(1, ge=1, le=8, description="How many of each.")


class NotAgain(BaseModel):
    """A take that was not made again, and why."""

    video_id: UUID
    message: str


class MadeAgain(BaseModel):
    """What is being made, and what was refused."""

    video_ids: list[UUID]
    refused: list[NotAgain]


@router.get("", responses=answers(LIBRARY, "A page of finished takes."), summary="Search all takes")
async def read_library(
    run: Run,
    owner: Owner,
    search: Annotated[
        Text, Query(max_length=200, description="In the prompt, the image's or the job's name.")
    ] = None,
    picked: Flag = None,
    rejected: Flag = None,
    upscaled: Flag = None,
    min_rating: Annotated[int, Query(ge=0, le=5, description="Only those with so many stars.")] = 0,
    provider: Annotated[Text, Query(max_length=200, description="Only those made by this provider.")] = None,
    kind: Annotated[JobKind | None, Query(description="Only those of jobs that came about so.")] = None,
    project: Annotated[UUID | None, Query(description="Only those of this project.")] = None,
    since: Annotated[datetime | None, Query(description="Only those created at this time or later.")] = None,
    until: Annotated[datetime | None, Query(description="Only those created before this time.")] = None,
    sort: Annotated[LibrarySort, Query(description="The order.")] = "newest",
    page: PageNumber = 1,
    limit: Annotated[int, Query(ge=1, le=200, description="Takes per page.")] = 60,
) -> LibraryPage:
    """Every finished take, whether it was made by a job, in the Studio or by a program."""
    wanted = LibraryFilter(
        search=search,
        picked=picked,
        rejected=rejected,
        min_rating=min_rating,
        provider=provider,
        kind=kind and str(kind),
        project_id=project,
        upscaled=upscaled,
        since=since,
        until=until,
    )
    async with run.db.begin() as session:
        return await search_library(session, owner, wanted, sort=sort, page=page, limit=limit)


@router.post(
    "/regenerate",
    status_code=202,
    responses=answers(MadeAgain(video_ids=[examples.VIDEO_ID], refused=[]), "They are queued.", 202),
    summary="Make many takes again",
)
async def regenerate_videos(
    wanted: Annotated[AgainSome, Body(openapi_examples=MORE)], run: Run, owner: Owner
) -> MadeAgain:
    """Queue takes of many shots, each with another prompt if given (see `POST /api/videos/{id}/regenerate`).

    What is refused is listed with its reason, and does not stop the others.
    """
    takes = [TakeAgain(each.video_id, each.new_prompt) for each in wanted.videos]
    made, refused = await regenerate_some(run, owner, takes, wanted.takes)
    return MadeAgain(
        video_ids=made,
        refused=[NotAgain(video_id=each.video_id, message=each.message) for each in refused],
    )
