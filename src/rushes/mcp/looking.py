"""The tools that look, wait and review. None of them costs anything."""

import asyncio
import base64
import json
import time
from typing import Annotated

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ContentBlock, ImageContent, ResourceLink, TextContent
from pydantic import Field

from rushes.mcp.answers import NeedsAnswer, ProvidersAnswer, TakeAnswer, TakesAnswer, WorkAnswer
from rushes.mcp.client import ApiRefused, RushesApi
from rushes.mcp.connecting import Connect
from rushes.mcp.replies import (
    JobReply,
    KeyReply,
    LibraryReply,
    NeedReply,
    ProviderReply,
    SignInReply,
    StoryReply,
    VideoReply,
)
from rushes.mcp.shapes import need_of, provider_of, take_of, work_of_job, work_of_story

LONGEST_WAIT = 50
"""Seconds: clients give up after 60."""
LOOK_SECONDS = 1.5
PICTURE_BYTES = 200_000
_NOT_FOUND = 404
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$", description="As a tool has answered it.")]


class LookingTools:
    """See the module docstring."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    async def providers(self, ctx: Context) -> ProvidersAnswer:
        """List who can make videos here, with their models, prices, options, and whether they are ready."""
        async with self._connect(ctx) as api:
            found = await api.get("/api/providers", list[ProviderReply], kind="video")
            ready = await _ready(api)
        return ProvidersAnswer(
            providers=[
                provider_of(each, each.needs is None or each.id in ready) for each in found if each.offered
            ]
        )

    async def get_job(self, ctx: Context, job_id: Id) -> WorkAnswer:
        """Look at a job or a film: progress, cost, why it waits and who has to act."""
        async with self._connect(ctx) as api:
            return await _work(api, job_id)

    async def wait_for_job(
        self, ctx: Context, job_id: Id, seconds: Annotated[int, Field(ge=1, le=LONGEST_WAIT)] = 45
    ) -> WorkAnswer:
        """Wait until a job or a film has ended, or somebody has to act, or the seconds are over.

        Not done yet is normal: call it again. Giving up the wait never cancels the job.
        """
        until = time.monotonic() + seconds
        async with self._connect(ctx) as api:
            while True:
                work = await _work(api, job_id)
                await ctx.report_progress(work.progress, 100, f"{work.status}: {work.completed} completed")
                left = until - time.monotonic()
                if work.done or (work.waiting and work.who_acts == "user") or left <= 0:
                    return work
                await asyncio.sleep(min(LOOK_SECONDS, left))

    async def list_videos(
        self,
        ctx: Context,
        job_id: Id | None = None,
        search: Annotated[str | None, Field(max_length=200, description="Words of the prompt.")] = None,
        picked: Annotated[bool | None, Field(description="Only picked ones.")] = None,
        page: Annotated[int, Field(ge=1, le=100_000)] = 1,
    ) -> TakesAnswer:
        """List the videos of a job, or, without one, finished videos of all jobs, newest first."""
        async with self._connect(ctx) as api:
            if job_id is None:
                query = {
                    "search": search,
                    "picked": None if not picked else "true",
                    "page": page,
                    "limit": 50,
                }
                found = await api.get("/api/library", LibraryReply, **query)
                takes = [take_of(api, each.video) for each in found.items]
                return TakesAnswer(total=found.pagination.total, videos=takes)
            given = {"selected_only": "true"} if picked else {}
            videos = await api.get(f"/api/jobs/{job_id}/videos", list[VideoReply], **given)
            words = (search or "").casefold()
            fitting = [each for each in videos if words in each.prompt_text.casefold()]
            first = (page - 1) * 50
            return TakesAnswer(
                total=len(fitting), videos=[take_of(api, each) for each in fitting[first : first + 50]]
            )

    async def get_video(self, ctx: Context, video_id: Id) -> list[ContentBlock]:
        """Look at one video: what it is, a picture of it, and links. Never its bytes."""
        async with self._connect(ctx) as api:
            video = await api.get(f"/api/videos/{video_id}", VideoReply)
            take = take_of(api, video)
            blocks: list[ContentBlock] = [TextContent(text=_words(take))]
            if video.thumbnail_url and (picture := await api.picture(video.thumbnail_url, PICTURE_BYTES)):
                data, kind = picture
                blocks.append(ImageContent(data=base64.b64encode(data).decode(), mime_type=kind))
            if take.video:
                name = f"shot {take.shot}, take {take.take}"
                blocks.append(ResourceLink(uri=take.video, name=name, mime_type="video/mp4"))
            return blocks

    async def review_video(
        self,
        ctx: Context,
        video_id: Id,
        pick: Annotated[bool | None, Field(description="Whether it is the choice of its shot.")] = None,
        reject: Annotated[bool | None, Field(description="Whether it is out.")] = None,
        stars: Annotated[int | None, Field(ge=0, le=5)] = None,
    ) -> TakeAnswer:
        """Pick, reject or rate a video. Nothing is deleted by it."""
        async with self._connect(ctx) as api:
            path = f"/api/videos/{video_id}"
            if reject is not None:
                body = {"video_ids": [video_id], "rejected": reject}
                await api.post("/api/videos/reject", dict[str, object], body)
            if pick is not None:
                await api.put(f"{path}/select", {"selected": pick})
            if stars is not None:
                await api.put(f"{path}/rate", {"rating": stars})
            return take_of(api, await api.get(path, VideoReply))

    async def cancel_job(self, ctx: Context, job_id: Id) -> WorkAnswer:
        """Stop everything of a job or a film, also at the provider. What is finished stays; no undo."""
        async with self._connect(ctx) as api:
            work = await _work(api, job_id)
            room = "jobs" if work.kind == "job" else "stories"
            await api.post(f"/api/{room}/{job_id}/cancel", dict[str, object])
            return await _work(api, job_id)

    async def needs(self, ctx: Context) -> NeedsAnswer:
        """List what does not continue before somebody acts, with who that is and what to do."""
        async with self._connect(ctx) as api:
            return NeedsAnswer(needs=[need_of(each) for each in await api.get("/api/needs", list[NeedReply])])


async def _work(api: RushesApi, work_id: str) -> WorkAnswer:
    """Return a job, or a film, by its id. Raises `ToolError`."""
    try:
        return work_of_job(api, await api.get(f"/api/jobs/{work_id}", JobReply))
    except ApiRefused as error:
        if error.status != _NOT_FOUND:
            raise
    try:
        return work_of_story(api, await api.get(f"/api/stories/{work_id}", StoryReply))
    except ApiRefused as error:
        if error.status != _NOT_FOUND:
            raise
    raise ToolError("There is no job or film with this id. create_videos and make_film answer ids.")


async def _ready(api: RushesApi) -> set[str]:
    """Return the ids of the providers that have a key, or a sign-in, which can be used."""
    keys = await api.get("/api/keys", list[KeyReply])
    sign_ins = await api.get("/api/flow/sign-ins", list[SignInReply])
    flow = {"flow"} if any(each.state == "ready" for each in sign_ins) else set[str]()
    return flow | {name for each in keys if each.state == "ready" for name in each.providers}


def _words(take: TakeAnswer) -> str:
    return json.dumps(take.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=1)
