"""Stands in for a server that speaks OpenAI's `/v1/chat/completions`; the real `openai` SDK works with it.

`python -m standins.openai_chat 9105` serves it. What it answers is in `_scripts.py`. Its own tags: [429:n]
(with a hint), [later:n] (that at a repair), [busy:n] (without), [401], [quota], [500], [reset], [html],
[filter], [refusal] (its own field), [length], [midway] (an error inside a stream), [cost] (says what it
charged). Switches: `schemas`, `objects` and `streams` say what it knows; `enforces` whether it keeps to a
schema at all.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._scripts import script_for
from standins._server import reset, serve_forever

KEY = "sk-chat-stand-in"
MODELS = ("llama3.3", "gpt-6-luna", "gpt-6-sol")
TOKENS = (1000, 500)
PIECE = 40
"""Characters of an event of a stream."""


class Turn(BaseModel):
    """A message of a request."""

    role: str = Field(pattern="^(system|user|assistant)$")
    content: str


class Create(BaseModel):
    """A request, as OpenAI knows it; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")

    model: str
    messages: list[Turn] = Field(min_length=1)
    stream: bool = False
    stream_options: dict[str, bool] | None = None
    response_format: dict[str, Any] | None = None


def error(status: int, message: str, code: str | None, headers: dict[str, str] | None = None) -> JSONResponse:
    """OpenAI's error envelope."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return JSONResponse(body, status, headers)


class OpenAiChatStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.schemas = self.objects = self.streams = self.enforces = True
        self.always_streams = False
        self.models: tuple[str, ...] = MODELS
        self.app = FastAPI()
        self.app.get("/v1/models")(self.list_models)
        self.app.post("/v1/chat/completions")(self.create)

    async def list_models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        if (refused := self._unknown(request)) is not None:
            return refused
        data = [{"id": each, "object": "model", "created": 0, "owned_by": "us"} for each in self.models]
        return JSONResponse({"object": "list", "data": data})

    async def create(self, request: Request) -> Response:
        """Answer, whole or in pieces."""
        fields: dict[str, Any] = await request.json()
        self.book.note(request, fields)
        if (refused := self._unknown(request)) is not None:
            return refused
        try:
            asked = Create.model_validate(fields)
        except ValidationError as fault:
            return error(400, f"Unrecognized argument: {fault.errors()[0]['loc']}", "invalid_value")
        if (refused := self._refused(asked)) is not None:
            return refused
        prompt = next(each.content for each in asked.messages if each.role == "user")
        wanted = tags(prompt)
        self.book.created.append(prompt)
        if "reset" in wanted:
            return await reset(request)
        if "500" in wanted:
            return error(500, "The server had an error.", None)
        if "html" in wanted:
            return HTMLResponse("<html>Welcome</html>")
        text = script_for(prompt, self.book)
        if asked.response_format and not self.enforces and len(asked.messages) == 2:
            text = json.dumps({"answer": "I keep to no schema.", "about": "rice"})
        finish = "content_filter" if "filter" in wanted else "stop"
        if self.book.still(prompt, "length"):
            text, finish = text[: len(text) // 2], "length"
        usage: dict[str, Any] = {
            "prompt_tokens": TOKENS[0],
            "completion_tokens": TOKENS[1],
            "total_tokens": sum(TOKENS),
        }
        if "cost" in wanted:
            usage["cost"] = 0.0125
        refusal = "I will not write this." if "refusal" in wanted else None
        if asked.stream or self.always_streams:
            events = _events(asked.model, text, finish, usage, refusal, "midway" in wanted)
            return StreamingResponse(events, media_type="text/event-stream")
        message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        return JSONResponse(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 0,
                "model": asked.model,
                "choices": [choice],
                "usage": usage,
            }
        )

    def _refused(self, asked: Create) -> Response | None:
        prompt = asked.messages[-1].content
        wanted = tags(prompt)
        form = (asked.response_format or {}).get("type")
        if asked.model not in self.models:
            return error(404, f"The model {asked.model!r} does not exist.", "model_not_found")
        if asked.stream and not self.streams:
            return error(400, "Streaming is not supported by this server.", None)
        if form == "json_schema" and not self.schemas:
            return error(
                400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported.", None
            )
        if form == "json_object" and not self.objects:
            return error(400, "'response_format.type' must be 'text'", None)
        if "401" in wanted:
            return error(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")
        if "quota" in wanted:
            return error(429, "You exceeded your current quota.", "insufficient_quota")
        if "toolong" in wanted:
            return error(
                400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"
            )
        if self.book.still(prompt, "429"):
            return error(429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after-ms": "50"})
        first = asked.messages[1].content
        if len(asked.messages) > 2 and self.book.still(first, "later"):
            return error(429, "Rate limit reached.", "rate_limit_exceeded", {"retry-after-ms": "50"})
        if self.book.still(prompt, "busy"):
            return error(429, "Rate limit reached.", "rate_limit_exceeded")
        return None

    def _unknown(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "Incorrect API key provided.", "invalid_api_key")
        return None


def _events(
    model: str, text: str, finish: str, usage: dict[str, Any], refusal: str | None, midway: bool
) -> Iterator[str]:
    def event(choices: list[dict[str, Any]], **more: Any) -> str:
        body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": model}
        return f"data: {json.dumps({**body, 'choices': choices, **more})}\n\n"

    def delta(part: dict[str, Any], ends: str | None = None) -> str:
        return event([{"index": 0, "delta": part, "finish_reason": ends}])

    yield ": a comment, as some gateways send to keep the line open\n\n"
    yield delta({"role": "assistant", "content": ""})
    if midway:
        yield event([], error={"message": "The upstream is overloaded.", "code": 502})
        return
    if refusal:
        yield delta({"refusal": refusal})
    else:
        for at in range(0, len(text), PIECE):
            yield delta({"content": text[at : at + PIECE]})
    yield delta({}, finish)
    yield event([], usage=usage)
    yield "data: [DONE]\n\n"


if __name__ == "__main__":
    serve_forever(OpenAiChatStandIn().app, int(sys.argv[1]))
