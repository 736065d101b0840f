"""Stands in for fal's queue (queue.fal.run) and its public storage.

`python -m standins.fal 9105` serves it. Tags of a create: [429] [401] [broke] [unsafe] [wrong] are refused;
[500] [reset] are accepted and the answer is lost; [odd] [foreign] [html] are unknown. Tags of a look:
[running:n] [flaky:n] [blocked] [badimage] [timeout] [downstream] [badgateway:n] [pondering] [gone] [novideo].
Tags of a download: [cut:n] [elsewhere:PORT].
"""

import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._clips import clip
from standins._server import cut_short, reset, serve_forever

KEY = "stand-in-id:stand-in-secret"
SIZES = {"16:9": (128, 72), "9:16": (72, 128)}
PRICE = {("veo", True): Decimal("0.15"), ("veo", False): Decimal("0.10")}
"""Dollars for a second of Veo 3.1 Fast, with and without sound."""
FLUX_PRICE = Decimal("0.17")


class Strict(BaseModel):
    """Refuses what the model does not know, and numbers that are words."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: str = Field(min_length=1)
    aspect_ratio: str = Field(default="16:9", pattern="^(16:9|9:16)$")
    generate_audio: bool = True
    seed: int | None = None


class Veo(Strict):
    """The input of Veo 3.1 Fast; the endpoints differ in their frames."""

    duration: str = Field(default="8s", pattern="^[468]s$")
    resolution: str = Field(default="720p", pattern="^(720p|1080p|4k)$")
    negative_prompt: str | None = None
    image_url: str | None = Field(default=None, pattern="^data:image/(png|jpeg);base64,")
    first_frame_url: str | None = Field(default=None, pattern="^data:image/(png|jpeg);base64,")
    last_frame_url: str | None = Field(default=None, pattern="^data:image/(png|jpeg);base64,")


class Flux(Strict):
    """The input of FLUX 3 Max."""

    duration: int = Field(default=5, ge=5, le=20)
    resolution: str = Field(default="720p", pattern="^(720p|1080p)$")


FRAMES = {
    "fal-ai/veo3.1/fast": frozenset[str](),
    "fal-ai/veo3.1/fast/image-to-video": frozenset({"image_url"}),
    "fal-ai/veo3.1/fast/first-last-frame-to-video": frozenset({"first_frame_url", "last_frame_url"}),
}


@dataclass
class Queued:
    """One accepted request."""

    id: str
    app: str
    asked: Veo | Flux

    @property
    def seconds(self) -> int:
        """Length of the video."""
        return int(str(self.asked.duration).removesuffix("s"))

    @property
    def price(self) -> Decimal:
        """What it costs."""
        if isinstance(self.asked, Flux):
            return FLUX_PRICE * self.seconds
        return PRICE["veo", self.asked.generate_audio] * self.seconds


def model_error(status: int, kind: str, message: str) -> JSONResponse:
    """An error of the model: typed, in a list."""
    detail = [{"loc": ["body", "prompt"], "msg": message, "type": kind, "url": "https://example.com"}]
    return JSONResponse({"detail": detail}, status, {"x-fal-retryable": "false"})


def request_error(status: int, kind: str, message: str) -> JSONResponse:
    """An error of the queue: words, and a type."""
    return JSONResponse({"detail": message, "error_type": kind}, status, {"x-fal-error-type": kind})


class FalStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.queued: dict[str, Queued] = {}
        self.cancelled: list[str] = []
        self._numbers = itertools.count(1)
        self.app = FastAPI()
        self.app.get("/v1/models/pricing")(self.pricing)
        self.app.get("/files/{request_id}.mp4")(self.file)
        self.app.get("/{owner}/{name}/requests/{request_id}/status")(self.status)
        self.app.put("/{owner}/{name}/requests/{request_id}/cancel")(self.cancel)
        self.app.get("/{owner}/{name}/requests/{request_id}")(self.result)
        self.app.post("/{model:path}")(self.submit)

    async def pricing(self, request: Request, endpoint_id: str) -> Response:
        """A price (fal's own API, not the queue's), for who has a key."""
        self.book.note(request)
        price = {"endpoint_id": endpoint_id, "unit_price": 0.4, "unit": "seconds", "currency": "USD"}
        return _unknown(request) or JSONResponse({"prices": [price]})

    async def submit(self, request: Request, model: str) -> Response:
        """Into the queue."""
        body = await request.json()
        self.book.note(request, body)
        if refused := _unknown(request):
            return refused
        try:
            asked = self._input(model, body)
        except ValidationError as fault:
            return JSONResponse({"detail": fault.errors(include_context=False, include_url=False)}, 422)
        if asked is None:
            return JSONResponse({"detail": f"Application {model!r} not found"}, 404)
        wanted = tags(asked.prompt)
        if (answer := self._refused(wanted)) is not None:
            return answer
        app = "/".join(model.split("/")[:2])
        queued = Queued(f"00000000-{next(self._numbers):04}", app, asked)
        self.queued[queued.id] = queued
        self.book.created.append(asked.prompt)
        if "500" in wanted:
            return JSONResponse({"detail": "Internal Server Error"}, 500)
        if "reset" in wanted:
            return await reset(request)
        if "odd" in wanted:
            return JSONResponse({"id": queued.id})
        if "html" in wanted:
            return HTMLResponse("<html>Welcome</html>")
        home = "https://elsewhere.example.com/" if "foreign" in wanted else str(request.base_url)
        link = f"{home}{app}/requests/{queued.id}"
        return JSONResponse(
            {
                "status": "IN_QUEUE",
                "request_id": queued.id,
                "response_url": link,
                "status_url": f"{link}/status",
                "cancel_url": f"{link}/cancel",
                "queue_position": 0,
            }
        )

    @staticmethod
    def _input(model: str, body: Any) -> Veo | Flux | None:
        if model == "blackforestlabs/flux-3-max/text-to-video":
            return Flux.model_validate(body)
        if model not in FRAMES:
            return None
        asked = Veo.model_validate(body)
        frames = ("image_url", "first_frame_url", "last_frame_url")
        return asked if {name for name in frames if getattr(asked, name)} == set(FRAMES[model]) else None

    @staticmethod
    def _refused(wanted: Mapping[str, str]) -> Response | None:
        if "429" in wanted:
            return JSONResponse({"detail": "Too many requests"}, 429, {"retry-after": "9"})
        if "401" in wanted:
            return JSONResponse({"detail": f"No user found for Key {KEY}"}, 401)
        if "broke" in wanted:
            return JSONResponse({"detail": "User is locked. Reason: Exhausted balance."}, 403)
        if "unsafe" in wanted:
            return model_error(422, "content_policy_violation", "The content was flagged.")
        if "wrong" in wanted:
            return model_error(422, "value_error", "Prompt is not a prompt.")
        return None

    def _known(self, request: Request, request_id: str) -> tuple[Queued, Mapping[str, str]] | Response:
        self.book.note(request)
        if refused := _unknown(request):
            return refused
        queued = self.queued.get(request_id)
        if queued is None or "gone" in tags(queued.asked.prompt):
            return JSONResponse({"detail": "Request not found"}, 404)
        if self.book.still(queued.asked.prompt, "flaky"):
            return JSONResponse({"detail": "Service Unavailable"}, 503)
        return queued, tags(queued.asked.prompt)

    async def status(self, request: Request, request_id: str) -> Response:
        """How far it is."""
        known = self._known(request, request_id)
        if isinstance(known, Response):
            return known
        queued, wanted = known
        if self.book.still(queued.asked.prompt, "running"):
            return JSONResponse({"status": "IN_PROGRESS", "request_id": request_id, "logs": None}, 202)
        word = "PONDERING" if "pondering" in wanted else "COMPLETED"
        return JSONResponse({"status": word, "request_id": request_id, "metrics": {"inference_time": 9.0}})

    async def result(self, request: Request, request_id: str) -> Response:
        """What the model said, with its status."""
        known = self._known(request, request_id)
        if isinstance(known, Response):
            return known
        queued, wanted = known
        if "blocked" in wanted:
            return model_error(422, "content_policy_violation", "The result was flagged.")
        if "badimage" in wanted:
            return model_error(422, "image_load_error", "The image could not be read.")
        if "timeout" in wanted:
            return request_error(504, "request_timeout", "Request timed out")
        if "downstream" in wanted:
            return model_error(500, "downstream_service_error", "A service behind it failed.")
        if self.book.still(queued.asked.prompt, "badgateway"):
            return HTMLResponse("<html>Bad gateway</html>", 502)
        if "novideo" in wanted:
            return JSONResponse({"images": []})
        if self.book.still(f"{queued.id} [billed]", "billed"):
            self.book.bill += queued.price
        return JSONResponse(
            {"video": {"url": f"{request.base_url}files/{request_id}.mp4", "content_type": "video/mp4"}}
        )

    async def file(self, request: Request, request_id: str) -> Response:
        """The bytes, for anybody."""
        self.book.note(request)
        queued = self.queued[request_id]
        host = tags(queued.asked.prompt).get("elsewhere")
        if host is not None:
            return RedirectResponse(f"http://127.0.0.1:{host}/clip/{request_id}", 302)
        data = clip(queued.asked.prompt, SIZES[queued.asked.aspect_ratio], queued.seconds)
        if self.book.still(queued.asked.prompt, "cut"):
            return cut_short(request, data, "video/mp4")
        return Response(data, media_type="video/mp4")

    async def cancel(self, request: Request, request_id: str) -> Response:
        """Out of the queue."""
        known = self._known(request, request_id)
        if isinstance(known, Response):
            return known
        self.cancelled.append(request_id)
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)


def _unknown(request: Request) -> Response | None:
    if request.headers.get("authorization") != f"Key {KEY}":
        return JSONResponse({"detail": "Cannot access application. Authentication is required."}, 401)
    return None


if __name__ == "__main__":
    serve_forever(FalStandIn().app, int(sys.argv[1]))
