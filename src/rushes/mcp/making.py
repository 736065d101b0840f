"""The tools that may cost money: each says its price first, and spends only within what the caller allows."""

import asyncio
import json
from collections.abc import Awaitable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field, JsonValue

from rushes.mcp.answers import AgainAnswer, MadeAnswer, PriceAnswer
from rushes.mcp.client import ApiRefused, RushesApi
from rushes.mcp.connecting import Connect
from rushes.mcp.replies import (
    EstimateReply,
    JobCreatedReply,
    JobReply,
    StoryEstimateReply,
    StoryReply,
    VideoReply,
)
from rushes.mcp.shapes import price_of, take_of, work_of_job, work_of_story

Result = TypeVar("Result")
MOST_SHOTS = 200
_CONFLICT = 409

MaxCost = Annotated[
    Decimal | None,
    Field(ge=0, description="The most it may spend, in US dollars. Without it only what is free is made."),
]
MaxCredits = Annotated[
    int | None, Field(ge=0, description="The most credits of a plan (Google Flow) that it may use.")
]
RequestId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A new id of your own for each new request. Call again with the same id after a lost"
        " answer: nothing is made or paid twice.",
    ),
]


class ShotAsked(BaseModel):
    """One shot: a prompt, and the image it starts from if there is one."""

    prompt: str = Field(min_length=1, max_length=20_000)
    image_url: str | None = Field(default=None, max_length=4096, description="An https link to the image.")
    negative_prompt: str | None = Field(default=None, max_length=20_000)
    duration_seconds: int | None = Field(default=None, ge=1, le=600)


Shots = Annotated[list[ShotAsked], Field(min_length=1, max_length=MOST_SHOTS)]
Settings = Annotated[
    dict[str, JsonValue] | None,
    Field(
        description="`provider`, `model`, `aspect_ratio`, `resolution`, `duration_seconds` and other options"
        " that `providers` lists. A provider is chosen when none is named."
    ),
]
TakesOfEach = Annotated[int, Field(ge=1, le=10, description="Videos of each shot.")]


class MakingTools:
    """See the module docstring."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._begun: set[asyncio.Task[Any]] = set()

    async def estimate(
        self, ctx: Context, shots: int, settings: Settings = None, takes: TakesOfEach = 1
    ) -> PriceAnswer:
        """Say what so many shots would cost and how long they would take. Makes nothing, costs nothing."""
        async with self._connect(ctx) as api:
            estimate = await _estimate(api, shots, {**(settings or {}), "outputs": takes})
        return price_of(estimate, "Call create_videos with max_cost to have them made.")

    async def create_videos(
        self,
        ctx: Context,
        shots: Shots,
        request_id: RequestId,
        name: str = "From an agent",
        settings: Settings = None,
        takes: TakesOfEach = 1,
        max_cost: MaxCost = None,
        max_credits: MaxCredits = None,
    ) -> MadeAnswer:
        """Have videos made, one job for all shots. Answers at once with the job; they take minutes.

        COSTS MONEY with most providers: without `max_cost` it makes only what is free, and else answers
        the price. Ask the person before spending. Call wait_for_job next.
        """
        asked = {**(settings or {}), "outputs": takes}
        async with self._connect(ctx) as api:
            estimate = await _estimate(api, len(shots), asked)
            if objection := _objection(estimate, max_cost, max_credits):
                return MadeAnswer(made=False, price=price_of(estimate, objection))
            if any(each.image_url is None for each in shots):
                asked["allow_text_only"] = True
            if max_cost is not None:
                asked["budget"] = str(max_cost)
            # The client may give up waiting; what has begun is finished all the same.
            job = await self._finish(_start_job(api, name, asked, shots, request_id))
            return MadeAnswer(made=True, work=work_of_job(api, job))

    async def make_film(
        self,
        ctx: Context,
        text: Annotated[
            str, Field(min_length=1, max_length=100_000, description="A topic, notes, or a finished text.")
        ],
        request_id: RequestId,
        name: str = "",
        language: Annotated[
            str | None, Field(max_length=35, description="A BCP 47 tag, such as `en`.")
        ] = None,
        shape: Literal["9:16", "16:9", "1:1", "4:5"] | None = None,
        seconds: Annotated[float | None, Field(ge=5, le=3600)] = None,
        review: Literal["none", "script", "pictures", "all"] = "none",
        max_cost: MaxCost = None,
    ) -> MadeAnswer:
        """Have a narrated film made from a text: script, voice, pictures, scenes, film. Takes minutes.

        COSTS MONEY where paid providers have keys: without `max_cost` it makes only what is free, and else
        answers the price. `review` stops it for a person after a step. Call wait_for_job next.
        """
        chosen = {"language": language, "shape": shape, "target_seconds": seconds}
        document: dict[str, object] = {key: value for key, value in chosen.items() if value is not None}
        document["review"] = review
        body = {"text": text, "name": name, "settings": document}
        async with self._connect(ctx) as api:
            told = await api.post("/api/stories/estimate", StoryEstimateReply, body)
            estimate = EstimateReply(
                estimated_time_minutes=told.estimated_time_seconds / 60,
                estimated_cost=told.cost,
                estimated_credits=0,
                price_known=told.price_known,
                videos=1,
            )
            if objection := _objection(estimate, max_cost, None):
                return MadeAnswer(made=False, price=price_of(estimate, " ".join([objection, *told.notes])))
            document["budget"] = str(max_cost if max_cost is not None else 0)
            body = {**body, "run": True}
            story = await self._finish(api.post("/api/stories", StoryReply, body, request_id=request_id))
            return MadeAnswer(made=True, work=work_of_story(api, story))

    async def regenerate_video(
        self,
        ctx: Context,
        video_id: str,
        request_id: RequestId,
        new_prompt: Annotated[str | None, Field(max_length=20_000)] = None,
        max_cost: MaxCost = None,
    ) -> AgainAnswer:
        """Make one video again, with another prompt if given. The earlier one stays beside it.

        COSTS MONEY as the first did: without `max_cost` it answers the price. Call wait_for_job next.
        """
        async with self._connect(ctx) as api:
            before = await api.get(f"/api/videos/{_id(video_id)}", VideoReply)
            if before.price > (max_cost or 0):
                advice = f"Nothing was made. It needs max_cost of at least {before.price}."
                return AgainAnswer(made=False, price=before.price, next=advice)
            body = {} if new_prompt is None else {"new_prompt": new_prompt}
            path = f"/api/videos/{before.video_id}/regenerate"
            video = await self._finish(api.post(path, VideoReply, body, request_id=request_id))
            return AgainAnswer(made=True, take=take_of(api, video), price=video.price, next="wait_for_job")

    async def _finish(self, work: Awaitable[Result]) -> Result:
        """Await it in a task of its own, which goes on when the caller is cancelled."""

        async def run() -> Result:
            return await work

        task = asyncio.create_task(run())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)


async def _estimate(api: RushesApi, shots: int, settings: dict[str, JsonValue]) -> EstimateReply:
    return await api.post("/api/estimate", EstimateReply, {"settings": settings, "shots": shots})


def _objection(estimate: EstimateReply, max_cost: Decimal | None, max_credits: int | None) -> str | None:
    """Return why this is not made, with what would change it; None when it is within what is allowed."""
    if estimate.estimated_credits > (max_credits or 0):
        return f"Nothing was made. It needs max_credits of at least {estimate.estimated_credits}."
    if estimate.estimated_cost > (max_cost or 0):
        return f"Nothing was made. It needs max_cost of at least {estimate.estimated_cost}."
    if not estimate.price_known and estimate.estimated_credits == 0 and max_cost is None:
        return "Nothing was made. It costs something that is not known; allow a max_cost if that is fine."
    return None


async def _start_job(
    api: RushesApi, name: str, settings: dict[str, JsonValue], shots: list[ShotAsked], request_id: str
) -> JobReply:
    """Create, fill and start a job. Each step may be done again: a crash between two is continued."""
    body = {"job_name": name, "settings": settings}
    created = await api.post("/api/jobs/create", JobCreatedReply, body, request_id=request_id)
    path = f"/api/jobs/{created.job_id}"
    job = await api.get(path, JobReply)
    if job.status != "pending":  # the request was heard before
        return job
    pairs = [
        {
            "number": number,
            "prompt": shot.prompt,
            **({"image_url": shot.image_url} if shot.image_url else {}),
            **({"negative_prompt": shot.negative_prompt} if shot.negative_prompt else {}),
            **({"options": {"duration_seconds": shot.duration_seconds}} if shot.duration_seconds else {}),
        }
        for number, shot in enumerate(shots, start=1)
    ]
    try:
        await api.post_form(f"{path}/upload", {"pairs": json.dumps(pairs)})
        await api.post(f"{path}/start", dict[str, JsonValue])
    except ApiRefused as error:
        if error.status != _CONFLICT:  # else the same request, sent twice at once, has started it
            raise
    return await api.get(path, JobReply)


def _id(given: str) -> str:
    """Return an id that may stand in a path. Raises `ToolError`."""
    if given and all(char.isalnum() or char == "-" for char in given):
        return given
    raise ToolError("This is not an id: use one that a tool has answered.")
