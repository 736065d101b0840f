"""Stands in for a server that speaks OpenAI's `/v1/videos`; the real `openai` SDK works with it.

`python -m standins.openai_videos 9104` serves it. Tags of a create: [429] [quota] [401] [moderated] [minors]
[nomodel] are refused; [500] [reset] are accepted and the answer is lost; [moved] is a redirect; [odd] [html]
are unknown; [late:s] is accepted at once and answered after so many seconds.
Tags of a look: [running:n] [flaky:n] [blocked] [fail] [badinput] [gone] [pondering].
Tags of a download: [cut:n] [elsewhere:PORT] [locked].
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from standins._book import Book, tags
from standins._clips import clip
from standins._server import cut_short, reset, serve_forever

KEY = "sk-stand-in"
PRICE = Decimal("0.10")
POLL_MS = 20
ON_THE_WAY_SECONDS = 0.3
"""For so long an answer may not have been read yet."""
SHRINK = 10
"""Pictures are a tenth of the size asked for."""


class Create(BaseModel):
    """The fields of a create: all of them words, as in a form."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(min_length=1)
    model: str = "sora-2"
    seconds: str = Field(default="4", pattern=r"^\d+$")
    size: str = Field(default="720x1280", pattern=r"^\d+x\d+$")
    input_reference: bytes | None = None


@dataclass
class Video:
    """One accepted create."""

    id: str
    asked: Create
    created_at: int

    def clip(self) -> bytes:
        """What it looks like: it says whose prompt it is."""
        width, height = (int(side) // SHRINK // 2 * 2 for side in self.asked.size.split("x"))
        return clip(self.asked.prompt, (width, height), int(self.asked.seconds))


def error(status: int, message: str, code: str | None, kind: str = "invalid_request_error") -> JSONResponse:
    """OpenAI's error envelope."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return JSONResponse(body, status)


class OpenAiVideosStandIn:
    """The state of it; `app` is what is served. The same idempotency key is the same video."""

    def __init__(self) -> None:
        self.book = Book()
        self.videos: dict[str, Video] = {}
        self.by_key: dict[str, str] = {}
        self.unanswered: set[str] = set()
        """Accepted videos whose create is still to be answered, or was a moment ago."""
        self._numbers = itertools.count(1)
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/videos")(self.create)
        self.app.get("/v1/videos")(self.list)
        self.app.get("/v1/videos/{video_id}")(self.retrieve)
        self.app.get("/v1/videos/{video_id}/content")(self.content)
        self.app.delete("/v1/videos/{video_id}")(self.delete)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        return _unknown(request) or JSONResponse(
            {"object": "list", "data": [{"id": "sora-2", "object": "model", "created": 0, "owned_by": "us"}]}
        )

    async def create(self, request: Request) -> Response:
        """Multipart, as the SDK sends it, or JSON."""
        if request.headers["content-type"].startswith("application/json"):
            fields: dict[str, Any] = await request.json()
        else:
            form = await request.form()
            fields = {
                name: await value.read() if isinstance(value, UploadFile) else value
                for name, value in form.items()
            }
        self.book.note(request, fields)
        if refused := _unknown(request):
            return refused
        try:
            asked = Create.model_validate(fields)
        except ValidationError as fault:
            return error(400, f"Invalid value: {fault.errors()[0]['loc']}", "invalid_value")
        return await self._accept(request, asked)

    async def _accept(self, request: Request, asked: Create) -> Response:
        wanted = tags(asked.prompt)
        if (refused := self._refused(wanted)) is not None:
            return refused
        key = request.headers.get("idempotency-key", "")
        if not key or key not in self.by_key:
            video = Video(f"video_{next(self._numbers)}", asked, int(time.time()))
            self.videos[video.id] = video
            self.by_key[key] = video.id
            self.book.created.append(asked.prompt)
            self.book.bill += PRICE * int(asked.seconds)
        if "late" in wanted:
            await self._late(self.by_key[key], float(wanted["late"]))
        if "500" in wanted:
            return error(500, "The server had an error.", None, "server_error")
        if "reset" in wanted:
            return await reset(request)
        if "odd" in wanted:
            return JSONResponse({"accepted": True})
        if "html" in wanted:
            return HTMLResponse("<html>Welcome</html>")
        return self._told(self.videos[self.by_key[key]], "queued", 0)

    async def _late(self, video_id: str, seconds: float) -> None:
        self.unanswered.add(video_id)
        try:
            await asyncio.sleep(seconds)
        finally:
            asyncio.get_running_loop().call_later(ON_THE_WAY_SECONDS, self.unanswered.discard, video_id)

    @staticmethod
    def _refused(wanted: Mapping[str, str]) -> Response | None:
        if "429" in wanted:
            answer = error(429, "Rate limit reached.", "rate_limit_exceeded", "rate_limit_error")
            answer.headers["retry-after-ms"] = "1500"
            return answer
        if "quota" in wanted:
            return error(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
        if "401" in wanted:
            return error(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")
        if "moderated" in wanted:
            return error(400, "Your request was blocked by our moderation system.", "moderation_blocked")
        if "minors" in wanted:
            return error(422, "It shows a minor.", "minors")
        if "nomodel" in wanted:
            return JSONResponse({"detail": "There is no such model."}, 404)
        if "moved" in wanted:
            return RedirectResponse("https://elsewhere.example.com/v1/videos", 307)
        return None

    @staticmethod
    def _told(video: Video, status: str, progress: int, failed: dict[str, str] | None = None) -> Response:
        body = {
            "id": video.id,
            "object": "video",
            "created_at": video.created_at,
            "completed_at": video.created_at if status == "completed" else None,
            "expires_at": None,
            "status": status,
            "progress": progress,
            "model": video.asked.model,
            "prompt": video.asked.prompt,
            "seconds": video.asked.seconds,
            "size": video.asked.size,
            "remixed_from_video_id": None,
            "error": failed,
        }
        return JSONResponse(body, headers={"openai-poll-after-ms": str(POLL_MS)})

    async def list(self, request: Request, limit: int = 20, after: str | None = None) -> Response:
        """Newest first."""
        self.book.note(request)
        ids = list(reversed(self.videos))
        start = ids.index(after) + 1 if after in ids else 0
        page = ids[start : start + limit]
        data = [{"id": each, "object": "video", "status": "completed"} for each in page]
        more = start + limit < len(ids)
        first, last = (page[0], page[-1]) if page else (None, None)
        return JSONResponse(
            {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": more}
        )

    async def retrieve(self, request: Request, video_id: str) -> Response:
        """A video as it is now."""
        self.book.note(request)
        video = self.videos.get(video_id)
        if (refused := _unknown(request)) is not None:
            return refused
        if video is None or "gone" in tags(video.asked.prompt):
            return error(404, f"Video {video_id} not found.", "not_found")
        wanted = tags(video.asked.prompt)
        if self.book.still(video.asked.prompt, "flaky"):
            return error(502, "Bad gateway.", None, "server_error")
        if self.book.still(video.asked.prompt, "running"):
            return self._told(video, "in_progress", 40)
        if "pondering" in wanted:
            return self._told(video, "pondering", 50)
        if "blocked" in wanted:
            return self._told(video, "failed", 0, {"code": "moderation_blocked", "message": "Blocked."})
        if "badinput" in wanted:
            return self._told(video, "failed", 0, {"code": "invalid_image", "message": "Not an image."})
        if "fail" in wanted:
            return self._told(video, "failed", 0, {"code": "internal", "message": "It broke."})
        return self._told(video, "completed", 100)

    async def content(self, request: Request, video_id: str) -> Response:
        """The bytes; or half of them; or a way to another host."""
        self.book.note(request)
        video = self.videos[video_id]
        wanted = tags(video.asked.prompt)
        if (refused := _unknown(request)) is not None:
            return refused
        if "locked" in wanted:
            return error(403, "You may not.", "forbidden")
        if "elsewhere" in wanted:
            return RedirectResponse(f"http://127.0.0.1:{wanted['elsewhere']}/clip/{video_id}", 302)
        if self.book.still(video.asked.prompt, "cut"):
            return cut_short(request, video.clip(), "video/mp4")
        return Response(video.clip(), media_type="video/mp4")

    async def delete(self, request: Request, video_id: str) -> Response:
        """Forget it."""
        self.book.note(request)
        self.videos.pop(video_id)
        return JSONResponse({"id": video_id, "object": "video.deleted", "deleted": True})


def _unknown(request: Request) -> Response | None:
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return error(401, "Incorrect API key provided.", "invalid_api_key")
    return None


if __name__ == "__main__":
    serve_forever(OpenAiVideosStandIn().app, int(sys.argv[1]))
