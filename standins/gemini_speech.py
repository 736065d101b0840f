"""Stands in for Gemini's speech models on the Interactions API; the real `google-genai` SDK works with it.

`python -m standins.gemini_speech 9108` serves it. Tags of the text: [429:seconds] [429] [401] [daily] are
refused; [500] [reset] are accepted and the answer is lost; [blocked] [words] are answers without sound;
[odd] has none and says nothing; [html] is no answer; [pcm] is raw samples, as older models send; [empty]
[silent] [short] cannot be speech; [cut] is cut off inside its base64; [cutjson] inside its JSON; [header]
lies.
"""

import base64
import sys
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._server import reset, serve_forever
from standins._speech import RATE, odd_tones, wav_file

KEY = "AIza-gemini-speech-stand-in"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Annotation(_Strict):
    """How a text is spoken."""

    type: Literal["speech_metadata"]
    style: str


class Text(_Strict):
    """A text."""

    type: Literal["text"]
    text: str = Field(min_length=1)
    annotations: list[Annotation] = []


class UserInput(_Strict):
    """What is asked."""

    type: Literal["user_input"]
    content: list[Text]


class AudioFormat(_Strict):
    """What is wanted."""

    type: Literal["audio"]
    mime_type: str = "audio/wav"


class SpeechConfig(_Strict):
    """Who speaks."""

    voice: str
    language: str | None = None
    speaker: str | None = None


class GenerationConfig(_Strict):
    """How."""

    speech_config: list[SpeechConfig]


class Create(_Strict):
    """The body of a request."""

    model: str
    input: list[UserInput] | str
    response_format: AudioFormat
    generation_config: GenerationConfig
    store: bool = True
    stream: bool = False

    @property
    def text(self) -> str:
        """What is spoken."""
        if isinstance(self.input, str):
            return self.input
        return " ".join(part.text for each in self.input for part in each.content)


def error(status: int, code: str, message: str) -> JSONResponse:
    """The error envelope of the Interactions API."""
    return JSONResponse({"error": {"code": code, "message": message}}, status)


class GeminiSpeechStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.app = FastAPI()
        self.app.get("/v1beta/models")(self.models)
        self.app.post("/{version}/interactions")(self.create)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        return _unknown(request) or JSONResponse({"models": [{"name": "models/gemini-3.8-flash-tts"}]})

    async def create(self, request: Request) -> Response:
        """The sound inside JSON."""
        fields = await request.json()
        self.book.note(request, fields)
        if refused := _unknown(request):
            return refused
        try:
            asked = Create.model_validate(fields)
        except ValidationError as fault:
            return error(400, "invalid_request", f"Invalid: {fault.errors()[0]['loc']}")
        wanted = tags(asked.text)
        if (refused := _refused(wanted)) is not None:
            return refused
        self.book.created.append(asked.text)
        if "500" in wanted:
            return error(500, "internal", "Internal error encountered.")
        if "reset" in wanted:
            return await reset(request)
        if "html" in wanted:
            return HTMLResponse("<html>Sorry</html>")
        answer = JSONResponse(_document(asked, wanted))
        if "cutjson" in wanted:
            return Response(bytes(answer.body)[:-200], media_type="application/json")
        return answer


def _document(asked: Create, wanted: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": "v1_speech",
        "object": "interaction",
        "model": asked.model,
        "role": "model",
        "created": "2026-11-30T12:00:00Z",
        "updated": "2026-11-30T12:00:01Z",
        "status": "completed",
        "usage": {"total_tokens": 100},
    }
    if "blocked" in wanted:
        return {
            **body,
            "status": "failed",
            "error": {"code": "content_filtered", "message": "Blocked: SAFETY."},
        }
    if "odd" in wanted:
        return {**body, "status": "incomplete", "steps": []}
    samples = odd_tones(wanted, asked.text)
    if "pcm" in wanted:
        sound, mime = samples, f"audio/L16;codec=pcm;rate={RATE}"
    else:
        sound, mime = wav_file(samples, wrong="header" in wanted), "audio/wav"
    coded = base64.b64encode(sound).decode()
    part: dict[str, Any] = {
        "type": "audio",
        "mime_type": mime,
        "data": coded[:-3] if "cut" in wanted else coded,
    }
    if "words" in wanted:
        part = {"type": "text", "text": "I cannot say that: it is against our policy on harm."}
    return {**body, "steps": [{"type": "model_output", "content": [part]}]}


def _refused(wanted: dict[str, str]) -> Response | None:
    if "429" in wanted:
        wait = f" Please retry in {wanted['429']}s." if wanted["429"] else ""
        return error(429, "too_many_requests", f"You exceeded your current quota.{wait}")
    if "daily" in wanted:
        return error(429, "too_many_requests", "Quota exceeded for requests per day.")
    if "401" in wanted:
        return error(401, "unauthenticated", "API key not valid. Please pass a valid API key.")
    return None


def _unknown(request: Request) -> Response | None:
    if request.headers.get("x-goog-api-key") != KEY:
        return error(400, "invalid_request", "API key not valid. Please pass a valid API key.")
    return None


if __name__ == "__main__":
    serve_forever(GeminiSpeechStandIn().app, int(sys.argv[1]))
