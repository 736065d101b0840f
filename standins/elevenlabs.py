"""Stands in for ElevenLabs: speech with the time of every character.

`python -m standins.elevenlabs 9109` serves it. Tags of the text: [concurrent] [busy:seconds] [busy] [quota]
[401] [policy] [422] are refused; [500] [reset] are accepted and the answer is lost; [html] is no answer;
[empty] [silent] [short] cannot be speech; [cut] is cut off inside its base64; [notimes] has none, [uneven]
too few.
"""

import base64
import sys
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standins._book import Book, tags
from standins._server import reset, serve_forever
from standins._speech import odd_tones, tone_words

KEY = "eleven-stand-in-0001"
VOICE = "21m00Tcm4TlvDq8ikWAM"
CLONE = "clone/with space"


class VoiceSettings(BaseModel):
    """How it is spoken."""

    model_config = ConfigDict(extra="forbid")

    stability: float = Field(ge=0, le=1)
    similarity_boost: float = Field(ge=0, le=1)
    speed: float = Field(default=1.0, ge=0.7, le=1.2)


class Speak(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1)
    model_id: str
    language_code: str | None = None
    voice_settings: VoiceSettings
    seed: int | None = None


def error(status: int, word: str, message: str) -> JSONResponse:
    """Its error envelope."""
    return JSONResponse({"detail": {"status": word, "message": message}}, status)


class ElevenLabsStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.app = FastAPI()
        self.app.get("/v1/voices")(self.voices)
        self.app.post("/v1/text-to-speech/{voice_id:path}/with-timestamps")(self.speak)

    async def voices(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        listed: list[dict[str, Any]] = [
            {
                "voice_id": VOICE,
                "name": "Rachel",
                "labels": {"gender": "female", "accent": "american"},
                "preview_url": "https://example.com/rachel.mp3",
                "verified_languages": [
                    {"language": "en", "locale": "en-US"},
                    {"language": "de", "locale": None},
                ],
            },
            {
                "voice_id": CLONE,
                "name": None,
                "labels": {"gender": "robot"},
                "preview_url": "file:///etc/passwd",
            },
        ]
        return _unknown(request) or JSONResponse({"voices": listed})

    async def speak(self, request: Request, voice_id: str, output_format: str) -> Response:
        """The sound inside JSON."""
        fields = await request.json()
        self.book.note(request, fields)
        if refused := _unknown(request):
            return refused
        try:
            asked = Speak.model_validate(fields)
        except ValidationError as fault:
            faults = [{"loc": list(each["loc"]), "msg": each["msg"]} for each in fault.errors()]
            return JSONResponse({"detail": faults}, 422)
        wanted = tags(asked.text)
        if (refused := _refused(voice_id, asked, output_format, wanted)) is not None:
            return refused
        self.book.created.append(asked.text)
        if "500" in wanted:
            return error(500, "internal_error", "Something went wrong.")
        if "reset" in wanted:
            return await reset(request)
        if "html" in wanted:
            return HTMLResponse("<html>Sorry</html>")
        sound = base64.b64encode(odd_tones(wanted, asked.text, asked.voice_settings.speed)).decode()
        body: dict[str, Any] = {"audio_base64": sound[:-3] if "cut" in wanted else sound}
        body["alignment"] = None if "notimes" in wanted else _alignment(asked, "uneven" in wanted)
        body["normalized_alignment"] = body["alignment"]
        return JSONResponse(body)


def _alignment(asked: Speak, uneven: bool) -> dict[str, Any]:
    """Each character of the text: a word's share its tone, white space lies between."""
    characters: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    words = iter(tone_words(asked.text, asked.voice_settings.speed))
    at = 0.0
    for number, text in enumerate(asked.text.split()):
        word = next(words)
        if number:
            characters.append(" ")
            starts.append(at)
            ends.append(word.start)
        step = (word.end - word.start) / len(text)
        for index, each in enumerate(text):
            characters.append(each)
            starts.append(word.start + index * step)
            ends.append(word.start + (index + 1) * step)
        at = word.end
    return {
        "characters": characters,
        "character_start_times_seconds": starts[: 2 if uneven else None],
        "character_end_times_seconds": ends,
    }


def _refused(voice_id: str, asked: Speak, output_format: str, wanted: dict[str, str]) -> Response | None:
    if output_format != "pcm_24000":
        return error(400, "invalid_output_format", f"{output_format} is not served here.")
    if voice_id not in {VOICE, CLONE}:
        return error(400, "voice_not_found", f"A voice with the ID {voice_id} was not found.")
    if asked.model_id == "eleven_multilingual_v2" and asked.language_code:
        return error(400, "unsupported_model", "This model does not support language_code.")
    if "concurrent" in wanted:
        return error(429, "too_many_concurrent_requests", "Too many concurrent requests.")
    if "busy" in wanted:
        answer = error(429, "system_busy", "The system is experiencing heavy traffic.")
        if wanted["busy"]:
            answer.headers["retry-after"] = wanted["busy"]
        return answer
    if "quota" in wanted:
        return error(401, "quota_exceeded", "This request exceeds your quota.")
    if "401" in wanted:
        return error(401, "invalid_api_key", f"Invalid API key: {KEY}")
    if "policy" in wanted:
        return error(400, "content_against_policy", "The content may violate our Terms.")
    return None


def _unknown(request: Request) -> Response | None:
    if request.headers.get("xi-api-key") != KEY:
        return error(401, "invalid_api_key", "Invalid API key")
    return None


if __name__ == "__main__":
    serve_forever(ElevenLabsStandIn().app, int(sys.argv[1]))
