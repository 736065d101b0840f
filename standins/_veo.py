"""What the two stand-ins for Veo share: operations, their odd replies, what they make and what it costs.

Tags of a create: [429] [429list] [daily] [401] [403] [billing] [retired] [unsafe:CODE] are refused;
[500] [503] [reset] are accepted and the answer is lost; [moved] is a redirect; [odd] [html] are unknown.
Tags of a look: [running:n] [flaky:n] [gone] [code:N] [filtered:CODE] [partial] [noreason] [noisy] [empty]
[silence].
Tags of a download: [cut:n] [elsewhere:HOST].
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from standins._book import Book, tags
from standins._clips import clip
from standins._server import cut_short, reset

SIZES = {"16:9": (128, 72), "9:16": (72, 128)}
PRICE = {True: Decimal("0.10"), False: Decimal("0.08")}
"""Dollars for a second of Veo 3.1 Fast in 720p, with and without sound."""


class Strict(BaseModel):
    """Refuses what the service does not know, and numbers that are words."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Image(Strict):
    """An image inside a request."""

    bytesBase64Encoded: str  # noqa: N815 (their spelling)
    mimeType: str = Field(pattern="^image/(png|jpeg)$")  # noqa: N815


class Reference(Strict):
    """A look to keep."""

    image: Image
    referenceType: str = Field(pattern="^(?i:asset|style)$")  # noqa: N815


class Instance(Strict):
    """What is asked for."""

    prompt: str = Field(min_length=1)
    image: Image | None = None
    lastFrame: Image | None = None  # noqa: N815
    referenceImages: list[Reference] = Field(default=[], max_length=3)  # noqa: N815


@dataclass
class Operation:
    """One accepted create."""

    name: str
    instance: Instance
    parameters: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """Where its tags are."""
        return self.instance.prompt

    @property
    def takes(self) -> int:
        """How many were asked for."""
        return int(self.parameters.get("sampleCount", 1))

    def clip(self, index: int) -> bytes:
        """One take: it says whose prompt it is."""
        size = SIZES[self.parameters.get("aspectRatio", "16:9")]
        return clip(f"{self.prompt}|{index}", size, self.parameters["durationSeconds"])


def error(status: int, word: str, message: str, *details: dict[str, Any]) -> JSONResponse:
    """Google's error envelope."""
    body = {"error": {"code": status, "message": message, "status": word, "details": list(details)}}
    return JSONResponse(body, status)


class Operations:
    """The operations of a stand-in, and the book of it."""

    def __init__(self) -> None:
        self.book = Book()
        self.by_name: dict[str, Operation] = {}
        self._numbers = itertools.count(1)

    async def create(
        self, request: Request, above: str, instance: Instance, parameters: Mapping[str, Any]
    ) -> Response:
        """Accept or refuse, as the prompt's tags say."""
        asked = tags(instance.prompt)
        refused = self._refused(asked)
        if refused is not None:
            return refused
        operation = Operation(f"{above}/operations/{next(self._numbers)}", instance, parameters)
        self.by_name[operation.name] = operation
        self.book.created.append(instance.prompt)
        for status in (500, 503):
            if str(status) in asked:
                return error(status, "INTERNAL", "Internal error encountered.")
        if "reset" in asked:
            return await reset(request)
        if "odd" in asked:
            return JSONResponse({"operation": operation.name})
        if "html" in asked:
            return HTMLResponse("<html>Welcome</html>")
        return JSONResponse({"name": operation.name})

    @staticmethod
    def _refused(asked: Mapping[str, str]) -> Response | None:
        wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37s"}
        quota = {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": "PredictLongRunningRequestsPerDayPerProject"}],
        }
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        if "429" in asked:
            return error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.", wait)
        if "429list" in asked:
            body = {"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}}
            return JSONResponse([body], 429, {"retry-after": "12"})
        if "daily" in asked:
            return error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", quota, wait)
        if "401" in asked:
            return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info)
        if "403" in asked:
            return error(403, "PERMISSION_DENIED", "Permission 'aiplatform.endpoints.predict' denied.")
        if "billing" in asked:
            return error(403, "PERMISSION_DENIED", "This API method requires billing to be enabled.")
        if "retired" in asked:
            return error(404, "NOT_FOUND", "This model is no longer available. Use another one.")
        if "unsafe" in asked:
            text = "The prompt couldn't be submitted or it might violate our policies. Support codes: "
            return error(400, "INVALID_ARGUMENT", text + asked["unsafe"])
        if "moved" in asked:
            return RedirectResponse("https://elsewhere.example.com/", 307)
        return None

    def look(self, operation: Operation | None) -> dict[str, Any] | Response:
        """`done` and what came of it, without the videos; or an odd reply."""
        if operation is None or "gone" in tags(operation.prompt):
            return error(404, "NOT_FOUND", "Operation not found.")
        asked, book = tags(operation.prompt), self.book
        if book.still(operation.prompt, "flaky"):
            return error(503, "UNAVAILABLE", "The service is currently unavailable.")
        if book.still(operation.prompt, "running"):
            return {"name": operation.name}
        if "silence" in asked:
            return {"name": operation.name, "done": True}
        if "code" in asked:
            failed = {"code": int(asked["code"]), "message": "Something happened."}
            return {"name": operation.name, "done": True, "error": failed}
        return {"name": operation.name, "done": True, "response": self._made(operation, asked)}

    @staticmethod
    def _made(operation: Operation, asked: Mapping[str, str]) -> dict[str, Any]:
        """What the filters say; the videos that came are `takes` long."""
        if "empty" in asked:
            return {"takes": 0}
        if "noreason" in asked:
            return {"takes": 0, "raiMediaFilteredCount": operation.takes}
        if "filtered" in asked:
            reason = f"The video violates Google's usage guidelines. Support codes: {asked['filtered']}"
            return {
                "takes": 0,
                "raiMediaFilteredCount": operation.takes,
                "raiMediaFilteredReasons": [reason] * operation.takes,
            }
        if "noisy" in asked:
            reason = "We encountered an issue with the audio for your prompt."
            return {"takes": 0, "raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [reason]}
        if "partial" in asked:
            reason = "Veo found a child in it. Support codes: 58061214"
            return {
                "takes": operation.takes - 1,
                "raiMediaFilteredCount": 1,
                "raiMediaFilteredReasons": [reason],
            }
        return {"takes": operation.takes}

    def charge(self, operation: Operation, takes: int) -> None:
        """Bill what was made, once."""
        if self.book.still(f"{operation.name} [billed]", "billed"):
            price = PRICE[bool(operation.parameters.get("generateAudio", True))]
            self.book.bill += price * operation.parameters["durationSeconds"] * takes

    def download(self, request: Request, operation: Operation, index: int) -> Response:
        """The bytes of a take; or half of them; or a way to another host."""
        host = tags(operation.prompt).get("elsewhere")
        if host is not None:
            return RedirectResponse(f"http://127.0.0.1:{host}/clip/{index}?prompt={operation.name}", 302)
        data = operation.clip(index)
        if self.book.still(operation.prompt, "cut"):
            return cut_short(request, data, "video/mp4")
        return Response(data, media_type="video/mp4")
