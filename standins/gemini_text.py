"""Stands in for the Gemini API's `generateContent` of text; the real `google-genai` SDK works with it.

`python -m standins.gemini_text 9106` serves it. What it answers is in `_scripts.py`. Its own tags: [429:n]
(with a hint), [busy:n] (without), [daily], [401], [500], [reset], [html], [blocked] (the prompt), [safety]
(the answer), [length], [thought] (a part that is a thought). Switches: `schemas`, `objects` and `streams`
say what it knows.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from standins._book import Book, tags
from standins._scripts import script_for
from standins._server import reset, serve_forever

KEY = "AIzaSy-text-stand-in-0001"
MODEL = "gemini-3.8-flash"
TOKENS = (1000, 500, 100)
PIECE = 60
FORBIDDEN = {"temperature", "topP", "topK"}


def error(status: int, name: str, message: str, details: list[dict[str, Any]] | None = None) -> JSONResponse:
    """Google's error envelope."""
    return JSONResponse(
        {"error": {"code": status, "message": message, "status": name, "details": details or []}}, status
    )


class GeminiTextStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.schemas = self.objects = self.streams = True
        self.app = FastAPI()
        self.app.get("/v1beta/models")(self.models)
        self.app.post("/v1beta/models/{call}")(self.generate)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        return self._unknown(request) or JSONResponse({"models": [{"name": f"models/{MODEL}"}]})

    async def generate(self, request: Request, call: str) -> Response:
        """Answer, whole or in pieces."""
        fields: dict[str, Any] = await request.json()
        self.book.note(request, fields)
        if (refused := self._unknown(request)) is not None:
            return refused
        model, _, verb = call.partition(":")
        if model != MODEL:
            return error(404, "NOT_FOUND", f"models/{model} is not found for API version v1beta.")
        if (refused := self._refused(fields, verb)) is not None:
            return refused
        prompt: str = fields["contents"][0]["parts"][0]["text"]
        wanted = tags(prompt)
        self.book.created.append(prompt)
        if "reset" in wanted:
            return await reset(request)
        if "500" in wanted:
            return error(500, "INTERNAL", "An internal error has occurred.")
        if "html" in wanted:
            return HTMLResponse("<html>Welcome</html>")
        answers = list(self._answers(prompt, wanted))
        if verb == "streamGenerateContent":
            events = (f"data: {json.dumps(each)}\r\n\r\n" for each in answers)
            return StreamingResponse(events, media_type="text/event-stream")
        parts = [
            part
            for each in answers
            for cand in each.get("candidates", [])
            for part in cand["content"]["parts"]
        ]
        whole = {**answers[-1]}
        if whole.get("candidates"):
            whole["candidates"] = [{**whole["candidates"][0], "content": {"role": "model", "parts": parts}}]
        return JSONResponse(whole)

    def _answers(self, prompt: str, wanted: dict[str, str]) -> Iterator[dict[str, Any]]:
        usage = {
            "promptTokenCount": TOKENS[0],
            "candidatesTokenCount": TOKENS[1],
            "thoughtsTokenCount": TOKENS[2],
            "totalTokenCount": sum(TOKENS),
        }
        if "blocked" in wanted:
            yield {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage}
            return
        text = script_for(prompt, self.book)
        finish = "STOP"
        if "safety" in wanted:
            text, finish = text[:30], "SAFETY"
        if self.book.still(prompt, "length"):
            text, finish = text[: len(text) // 2], "MAX_TOKENS"
        if "thought" in wanted:
            yield _candidate({"text": '{"sections": "hm"}', "thought": True})
        for at in range(0, len(text), PIECE):
            yield _candidate({"text": text[at : at + PIECE]})
        yield {**_candidate({"text": ""}, finish), "usageMetadata": usage, "modelVersion": MODEL}

    def _refused(self, fields: dict[str, Any], verb: str) -> Response | None:
        prompt: str = fields["contents"][-1]["parts"][0]["text"]
        wanted = tags(prompt)
        config: dict[str, Any] = fields.get("generationConfig", {})
        if FORBIDDEN & config.keys():
            return error(400, "INVALID_ARGUMENT", "temperature is deprecated.")
        if verb == "streamGenerateContent" and not self.streams:
            return error(400, "INVALID_ARGUMENT", "streamGenerateContent is not supported here.")
        if "responseJsonSchema" in config and not self.schemas:
            return error(400, "INVALID_ARGUMENT", 'Unknown name "responseJsonSchema" at generation_config')
        if "responseMimeType" in config and not self.objects:
            return error(400, "INVALID_ARGUMENT", "JSON mode is not enabled for this model")
        if "401" in wanted:
            return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        if "daily" in wanted:
            details = [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProject"}]}]
            return error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details)
        if self.book.still(prompt, "429"):
            return error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", [{"retryDelay": "0.05s"}])
        if self.book.still(prompt, "busy"):
            return error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
        return None

    def _unknown(self, request: Request) -> Response | None:
        if request.headers.get("x-goog-api-key") != KEY:
            return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        return None


def _candidate(part: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [part]}, "index": 0}
    return {"candidates": [{**candidate, **({"finishReason": finish} if finish else {})}]}


if __name__ == "__main__":
    serve_forever(GeminiTextStandIn().app, int(sys.argv[1]))
