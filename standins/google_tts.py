"""Stands in for Google Cloud Text-to-Speech, v1beta1, with the times of SSML marks.

`python -m standins.google_tts 9107` serves it. Tags of the text: [429:seconds] [429] [401] [quota]
[disabled] are refused; [500] [reset] are accepted and the answer is lost; [html] is no answer; [empty]
[silent] [short] cannot be speech; [cut] is cut off inside its base64; [nomarks] [onemark] have no times, or
too few; [header] lies.
"""

import base64
import re
import sys
import xml.etree.ElementTree as ET
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from standins._book import Book, tags
from standins._server import reset, serve_forever
from standins._speech import odd_tones, tone_words, wav_file

KEY = "AIza-speech-stand-in"
MOST_BYTES = 5000
VOICES = (
    ("en-US-Neural2-C", "FEMALE"),
    ("en-US-Chirp3-HD-Kore", "FEMALE"),
    ("de-DE-Wavenet-B", "MALE"),
    ("cmn-CN-Standard-A", "FEMALE"),
    ("en-US-Polyglot-1", "MALE"),
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Input(_Strict):
    """What is spoken."""

    text: str | None = None
    ssml: str | None = None


class VoiceChoice(_Strict):
    """Who speaks."""

    language_code: str
    name: str


class AudioConfig(_Strict):
    """How."""

    audio_encoding: Literal["LINEAR16"]
    speaking_rate: float = Field(default=1.0, ge=0.25, le=2.0)
    pitch: float = Field(default=0.0, ge=-20, le=20)


class Synthesize(_Strict):
    """The body of a request."""

    input: Input
    voice: VoiceChoice
    audio_config: AudioConfig
    enable_time_pointing: list[Literal["SSML_MARK"]] = []


def error(status: int, word: str, message: str, details: list[dict[str, Any]] | None = None) -> JSONResponse:
    """Google's error envelope."""
    body = {"code": status, "message": message, "status": word, "details": details or []}
    return JSONResponse({"error": body}, status)


class GoogleTtsStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.app = FastAPI()
        self.app.get("/v1/voices")(self.voices)
        self.app.post("/v1beta1/text:synthesize")(self.synthesize)

    async def voices(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        listed = [
            {
                "name": name,
                "languageCodes": ["-".join(name.split("-")[:2])],
                "ssmlGender": sex,
                "naturalSampleRateHertz": 24000,
            }
            for name, sex in VOICES
        ]
        return _unknown(request) or JSONResponse({"voices": listed})

    async def synthesize(self, request: Request) -> Response:
        """The sound inside JSON."""
        fields = await request.json()
        self.book.note(request, fields)
        if refused := _unknown(request):
            return refused
        try:
            asked = Synthesize.model_validate(fields)
            text, marks = _spoken(asked)
        except (ValidationError, ET.ParseError) as fault:
            return error(400, "INVALID_ARGUMENT", f"Invalid: {fault}"[:300])
        wanted = tags(text)
        if (refused := _refused(asked, text, marks, wanted)) is not None:
            return refused
        self.book.created.append(text)
        if "500" in wanted:
            return error(500, "INTERNAL", "Internal error encountered.")
        if "reset" in wanted:
            return await reset(request)
        if "html" in wanted:
            return HTMLResponse("<html>Sorry</html>")
        rate = asked.audio_config.speaking_rate
        sound = base64.b64encode(wav_file(odd_tones(wanted, text, rate), wrong="header" in wanted)).decode()
        body: dict[str, Any] = {"audioContent": sound[:-3] if "cut" in wanted else sound}
        if asked.enable_time_pointing and "nomarks" not in wanted:
            told = [{"markName": name, "timeSeconds": _heard_at(text, rate, at)} for name, at in marks]
            body["timepoints"] = told[:1] if "onemark" in wanted else told
        return JSONResponse(body)


def _spoken(asked: Synthesize) -> tuple[str, list[tuple[str, int]]]:
    """Return what is spoken, and each mark with the number of characters, without spaces, before it."""
    if asked.input.ssml is None:
        return asked.input.text or "", []
    root = ET.fromstring(asked.input.ssml)
    text = root.text or ""
    marks: list[tuple[str, int]] = []
    for mark in root:
        marks.append((mark.attrib["name"], len("".join(text.split()))))
        text += mark.tail or ""
    return re.sub(r"\s+", " ", text), marks


def _heard_at(text: str, rate: float, characters: int) -> float:
    """Return when the character after so many is heard, seconds."""
    for word in tone_words(text, rate):
        if characters < len(word.text):
            return word.start + (word.end - word.start) * characters / len(word.text)
        characters -= len(word.text)
    raise ValueError("the mark is behind the text")


def _refused(
    asked: Synthesize, text: str, marks: list[tuple[str, int]], wanted: dict[str, str]
) -> Response | None:
    size = len((asked.input.ssml or asked.input.text or "").encode())
    if size > MOST_BYTES:
        return error(
            400, "INVALID_ARGUMENT", f"Either `input.text` or `input.ssml` is longer than {MOST_BYTES}."
        )
    if not text.strip():
        return error(400, "INVALID_ARGUMENT", "There is no text.")
    if all(asked.voice.name != name for name, _ in VOICES):
        return error(400, "INVALID_ARGUMENT", f"Voice '{asked.voice.name}' does not exist.")
    if "Chirp" in asked.voice.name and (marks or asked.audio_config.pitch):
        return error(400, "INVALID_ARGUMENT", "This voice does not support SSML or pitch.")
    if "429" in wanted:
        detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wanted['429']}s"}
        details = [detail] if wanted["429"] else []
        return error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for requests per minute.", details)
    if "quota" in wanted:
        return error(403, "PERMISSION_DENIED", "This API method requires billing to be enabled.")
    if "401" in wanted:
        return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
    if "disabled" in wanted:
        return error(
            403, "PERMISSION_DENIED", "Cloud Text-to-Speech API has not been used in project 1 before."
        )
    return None


def _unknown(request: Request) -> Response | None:
    if request.headers.get("x-goog-api-key") != KEY:
        return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
    return None


if __name__ == "__main__":
    serve_forever(GoogleTtsStandIn().app, int(sys.argv[1]))
