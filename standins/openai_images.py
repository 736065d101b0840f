"""Stands in for a server that speaks OpenAI's `/v1/images/generations`; the real `openai` SDK works with it.

`python -m standins.openai_images 9108` serves it. Tags of a prompt: [429:n] [busy:n] [quota] [401]
[moderated] are refused; [500] [reset] are accepted and the answer is lost; [link] gives a link in place of
the picture, [gone] one that is over, [page] one to a page; [webp] another form; [broken] no base64; [words]
bytes that are no picture; [empty] nothing.
"""

import base64
import sys
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._images import picture
from standins._server import reset, serve_forever

KEY = "sk-images-stand-in"
STEP = 16


class Create(BaseModel):
    """A request, as OpenAI knows it."""

    model_config = ConfigDict(extra="forbid")

    model: str
    prompt: str = Field(min_length=1)
    n: int = Field(default=1, ge=1, le=10)
    size: str = Field(default="auto", pattern=r"^(auto|\d+x\d+)$")
    quality: str = Field(default="auto", pattern="^(auto|low|medium|high)$")
    output_format: str = Field(default="png", pattern="^(png|jpeg|webp)$")


def error(status: int, message: str, code: str | None, headers: dict[str, str] | None = None) -> JSONResponse:
    """OpenAI's error envelope."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return JSONResponse(body, status, headers)


class OpenAiImagesStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/images/generations")(self.create)
        self.app.get("/made/{name}")(self.made)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        return self._unknown(request) or JSONResponse({"object": "list", "data": []})

    async def create(self, request: Request) -> Response:
        """Draw."""
        fields: dict[str, Any] = await request.json()
        self.book.note(request, fields)
        if (refused := self._unknown(request)) is not None:
            return refused
        try:
            asked = Create.model_validate(fields)
        except ValidationError as fault:
            return error(400, f"Unknown parameter: {fault.errors()[0]['loc']}", "unknown_parameter")
        wanted = tags(asked.prompt)
        sides = (1024, 1024) if asked.size == "auto" else tuple(map(int, asked.size.split("x")))
        if any(side % STEP for side in sides):
            return error(400, f"Invalid size {asked.size}: sides must be multiples of 16.", "invalid_value")
        if "moderated" in wanted:
            return error(400, "Your request was rejected by the safety system.", "moderation_blocked")
        if "quota" in wanted:
            return error(429, "You exceeded your current quota.", "insufficient_quota")
        if self.book.still(asked.prompt, "429"):
            return error(429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after": "3"})
        if self.book.still(asked.prompt, "busy"):
            return error(429, "Rate limit reached.", "rate_limit_exceeded")
        self.book.created.append(asked.prompt)
        if "reset" in wanted:
            return await reset(request)
        if "500" in wanted:
            return error(500, "The server had an error.", None)
        data = picture(asked.prompt, sides[0], sides[1], "WEBP" if "webp" in wanted else "PNG")
        image: dict[str, Any] = {"b64_json": base64.b64encode(data).decode()}
        if "broken" in wanted:
            image = {"b64_json": "%%% no base64 %%%"}
        if "words" in wanted:
            image = {"b64_json": base64.b64encode(b"<html>no picture</html>").decode()}
        if "empty" in wanted:
            image = {}
        if "link" in wanted or "gone" in wanted or "page" in wanted:
            name = next(each for each in ("gone", "page", "link") if each in wanted)
            image = {"url": f"{request.base_url}made/{name}"}
        usage = {"input_tokens": 20, "output_tokens": 1100, "total_tokens": 1120}
        usage["input_tokens_details"] = {"text_tokens": 20, "image_tokens": 0}  # type: ignore[assignment]  # a nest
        return JSONResponse({"created": 0, "data": [image], "usage": usage})

    async def made(self, request: Request, name: str) -> Response:
        """What a link leads to."""
        self.book.note(request)
        if name == "gone":
            return PlainTextResponse(
                "AuthenticationFailed: signature not valid in the specified time frame", 403
            )
        if name == "page":
            return PlainTextResponse("<html>Sign in</html>")
        return Response(picture("linked", 1536, 1024), media_type="image/jpeg")

    def _unknown(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "Incorrect API key provided.", "invalid_api_key")
        return None


if __name__ == "__main__":
    serve_forever(OpenAiImagesStandIn().app, int(sys.argv[1]))
