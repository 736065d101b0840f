"""Events: what changes, told as it happens (server-sent events)."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse
from starlette.types import Send

from rushes.accounts.principal import LOCAL, still_may
from rushes.api import examples
from rushes.api.access import AskedFor
from rushes.api.deps import AskedHere, JobId, Listening, Owner, Run
from rushes.api.live import Live
from rushes.api.problems import problems
from rushes.engine import events
from rushes.engine.events import Cursor, EventRow
from rushes.errors import Fault, Invalid
from rushes.jobs.rows import get_job

router = APIRouter(prefix="/api", tags=["events"])

RECONNECT_MS = 1000
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""Nothing on the way keeps events or holds them back."""
_LARGEST = 2**63
_SAMPLE = f'{{"job_id": "{examples.JOB_ID}", "video_id": "{examples.VIDEO_ID}", "status": "completed"}}'
ITEM = {
    "type": "object",
    "properties": {
        "data": {"type": "string"},
        "event": {"type": "string"},
        "id": {"type": "string"},
        "retry": {"type": "integer", "minimum": 0},
    },
}
"""A server-sent event, as OpenAPI 3.2 describes one."""
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream without an end. `event` is `job`, `video`, `project`, `upscale`,"
        " `credential` or `generation` (a voice-over, a picture, a script), `data` a `Change`, `id` the place"
        " to continue from. `reset` says that a backup was restored since, so that what was missed is not"
        " known: ask for everything anew.",
        "content": {
            "text/event-stream": {
                "itemSchema": ITEM,
                "example": f"event: video\nid: 7421-358\ndata: {_SAMPLE}\n\n",
            }
        },
    }
}


class Change(BaseModel):
    """What changed, in short; ask for the job or the video to see all of it."""

    model_config = ConfigDict(extra="allow")

    job_id: UUID | None = None
    video_id: UUID | None = None
    status: str


class EventStream(StreamingResponse):
    """A stream that stops listening in the instant in which its client is gone."""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        """Send what comes. However it ends, nobody listens for it any more."""
        parts = cast(AsyncGenerator[bytes], self.body_iterator)
        async with aclosing(parts):
            await super().stream_response(send)


LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        description="The `id` of the last event that arrived: the stream continues right after it.",
    ),
]


@dataclass(frozen=True)
class Beginning:
    """Where a stream begins. `reset`: the client follows events of another incarnation of the database, and
    must look at everything anew."""

    cursor: Cursor
    incarnation: str
    reset: bool = False

    def place(self, cursor: Cursor) -> str:
        """The `id` of an event: its place in this incarnation."""
        return f"{self.incarnation}.{cursor}" if self.incarnation else str(cursor)


async def _beginning(run: Run, last_event_id: LastEventId = None) -> Beginning:
    """Where to begin: behind what the client has, or now."""
    ours = run.incarnation
    incarnation, _, place = (last_event_id or "").rpartition(".")
    if last_event_id is not None:
        cursor = Cursor.parse(place)
        if cursor is None or max(cursor.xid, cursor.id) >= _LARGEST:
            message = "This is not the id of an event. Leave it out to begin now."
            raise Invalid(f"Last-Event-ID: {message}", [Fault("Last-Event-ID", message, "not_an_id")])
        if incarnation == ours:
            return Beginning(cursor, ours)
    async with run.db.statement() as session:
        return Beginning(await events.now(session), ours, reset=last_event_id is not None)


Place = Annotated[Beginning, Depends(_beginning)]


async def _own_job(job_id: JobId, run: Run, owner: Owner) -> UUID:
    async with run.db.statement() as session:
        await get_job(session, owner, job_id)
    return job_id


@router.get(
    "/jobs/{job_id}/events",
    response_class=Response,
    responses=STREAM | problems(not_found="There is no such job."),
    summary="Follow a job",
)
async def follow_job(
    job_id: Annotated[UUID, Depends(_own_job)], place: Place, live: Listening, owner: Owner, asked: AskedHere
) -> Response:
    """The changes of a job and its videos. Ends when the job is deleted.

    Open it first and then ask for the job: nothing is missed in between.
    """
    return EventStream(_stream(live, owner, place, job_id, asked), headers=HEADERS)


@router.get("/events", response_class=Response, responses=STREAM, summary="Follow everything")
async def follow_all(place: Place, live: Listening, owner: Owner, asked: AskedHere) -> Response:
    """The changes of all jobs and their videos."""
    return EventStream(_stream(live, owner, place, None, asked), headers=HEADERS)


async def _stream(
    live: Live, owner: UUID, place: Beginning, job_id: UUID | None, asked: AskedFor
) -> AsyncGenerator[bytes]:
    # The place alone, so that a client that is cut off before the first event goes on from here.
    yield format_sse_event(id=place.place(place.cursor), retry=RECONNECT_MS)
    if place.reset:
        yield format_sse_event(id=place.place(place.cursor), event="reset", data_str='{"status":"reset"}')
    who = asked.principal
    still = None if who is None or who is LOCAL else partial(still_may, live.run, who, asked.need)
    async with aclosing(live.parts(owner, place.cursor, job_id, still)) as parts:
        async for part in parts:
            yield part.content or KEEPALIVE_COMMENT
            if part.ended:
                return


def encoded(incarnation: str, row: EventRow) -> bytes:
    """Return an event as it goes out to every listener."""
    change = Change.model_validate({"job_id": row.job_id, "video_id": row.video_id, **row.data})
    place = f"{incarnation}.{row.cursor}" if incarnation else str(row.cursor)
    return format_sse_event(id=place, event=row.type, data_str=change.model_dump_json(exclude_none=True))
