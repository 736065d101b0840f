"""Stands in for OpenAI's speech API, and for Kokoro-FastAPI; the real `openai` SDK works with it.

`python -m standins.openai_speech 9106` serves it. Tags of the text: [429:seconds] [429] [quota] [401]
[badvoice] [moderated] are refused; [500] [reset] are accepted and the answer is lost; [html] [json] are no
sound; [header] is a WAV whose sizes nobody knew; [empty] [silent] [short] cannot be speech; [cut] is cut
off; [nowords] has no times and [null] has null in their place.
"""

import base64
import sys
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._server import cut_short, reset, serve_forever
from standins._speech import odd_tones, tone_words, wav_file

KEY = "sk-speech-stand-in"
OPENAI_VOICES = (
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "fable",
    "onyx",
    "nova",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
)
KOKORO_VOICES = ("af_heart", "bm_george", "jf_alpha", "plain")
MOST_CHARACTERS = 4096


class Speech(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1)
    input: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    voice: str
    instructions: str = ""
    response_format: str = "mp3"
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    stream_format: str = "audio"


class Captioned(Speech):
    """What Kokoro-FastAPI must be asked for, to answer in one piece of JSON."""

    stream: Literal[False]
    return_timestamps: Literal[True] = True


def error(status: int, message: str, code: str | None, kind: str = "invalid_request_error") -> JSONResponse:
    """OpenAI's error envelope."""
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


class OpenAiSpeechStandIn:
    """The state of it; `app` is what is served. `kokoro` makes it a Kokoro-FastAPI server."""

    def __init__(self) -> None:
        self.book = Book()
        self.kokoro = False
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/audio/speech")(self.speech)
        self.app.get("/v1/audio/voices")(self.voices)
        self.app.post("/dev/captioned_speech")(self.captioned)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        data = [{"id": "tts-1", "object": "model", "created": 0, "owned_by": "us"}]
        return _unknown(request) or JSONResponse({"object": "list", "data": data})

    async def voices(self, request: Request) -> Response:
        """The list that only servers like Kokoro-FastAPI have."""
        self.book.note(request)
        if not self.kokoro:
            return error(404, "Invalid URL (GET /v1/audio/voices)", None)
        return JSONResponse({"voices": list(KOKORO_VOICES)})

    async def speech(self, request: Request) -> Response:
        """Bytes of sound."""
        asked, wanted, refused = await self._read(request, Speech)
        if asked is None or (refused := refused or await self._lost(request, wanted)):
            return refused or Response(status_code=500)
        if "html" in wanted:
            return HTMLResponse("<html>Welcome</html>")
        if "json" in wanted:
            return JSONResponse({"status": "queued"})
        sound = wav_file(odd_tones(wanted, asked.input, asked.speed), wrong="header" in wanted or self.kokoro)
        if asked.response_format == "pcm":
            sound = odd_tones(wanted, asked.input, asked.speed)
        if "cut" in wanted:
            return cut_short(request, sound, "audio/wav")
        return Response(sound, media_type=f"audio/{asked.response_format}")

    async def captioned(self, request: Request) -> Response:
        """Kokoro-FastAPI's sound with words."""
        asked, wanted, refused = await self._read(request, Captioned)
        if asked is None or (refused := refused or await self._lost(request, wanted)):
            return refused or Response(status_code=500)
        if not self.kokoro:
            return error(404, "Not Found", None)
        sound = wav_file(odd_tones(wanted, asked.input, asked.speed), wrong=True)
        coded = base64.b64encode(sound).decode()
        words: list[dict[str, Any]] | None = [
            {"word": each.text.strip(".,"), "start_time": each.start, "end_time": each.end}
            for each in tone_words(asked.input, asked.speed)
        ]
        if "cut" in wanted:
            coded = coded[:-3]
        if "nowords" in wanted or "null" in wanted:
            words = None if "null" in wanted else []
        return JSONResponse({"audio": coded, "audio_format": "wav", "timestamps": words})

    async def _read(
        self, request: Request, shape: type[Speech]
    ) -> tuple[Speech | None, dict[str, str], Response | None]:
        fields = await request.json()
        self.book.note(request, fields)
        try:
            asked = shape.model_validate(fields)
        except ValidationError as fault:
            return None, {}, error(400, f"Invalid value: {fault.errors()[0]['loc']}", "invalid_value")
        wanted = tags(asked.input)
        refused = _unknown(request) or self._refused(asked, wanted)
        if refused is None:
            self.book.created.append(asked.input)
        return asked, wanted, refused

    def _refused(self, asked: Speech, wanted: dict[str, str]) -> Response | None:
        if "429" in wanted:
            answer = error(429, "Rate limit reached.", "rate_limit_exceeded", "requests")
            if wanted["429"]:
                answer.headers["retry-after"] = wanted["429"]
            return answer
        if "quota" in wanted:
            return error(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota")
        if "401" in wanted:
            return error(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")
        if "moderated" in wanted:
            return error(400, "Your request was blocked by our moderation system.", "moderation_blocked")
        known = KOKORO_VOICES if self.kokoro else OPENAI_VOICES
        if "badvoice" in wanted or asked.voice not in known:
            return error(400, f"Invalid value: {asked.voice!r}.", "invalid_value")
        if asked.instructions and asked.model.startswith("tts-1"):
            return error(400, "instructions does not work with this model.", "invalid_value")
        return None

    @staticmethod
    async def _lost(request: Request, wanted: dict[str, str]) -> Response | None:
        if "500" in wanted:
            return error(500, "The server had an error.", None, "server_error")
        return await reset(request) if "reset" in wanted else None


def _unknown(request: Request) -> Response | None:
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return error(401, "Incorrect API key provided.", "invalid_api_key")
    return None


if __name__ == "__main__":
    serve_forever(OpenAiSpeechStandIn().app, int(sys.argv[1]))
