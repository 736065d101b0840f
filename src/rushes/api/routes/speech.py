"""Speech: voices listed and heard, texts spoken."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.openapi.models import Example
from pydantic import Field, StringConstraints

from rushes.api import examples_material as examples
from rushes.api.deps import Owner, OwnOptions, RequestModel, Run
from rushes.api.examples import answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, send_file
from rushes.api.problems import problems
from rushes.material.speech import (
    SpeechOrder,
    VoiceListing,
    every_voice,
    order_speech,
    read_speech,
    speech_file,
)
from rushes.material.views import SpeechJob
from rushes.sanitize import clean_text

router = APIRouter(prefix="/api/tts", tags=["speech"])

MOST_TEXT = 20_000
MOST_PREVIEW = 300
JobId = Annotated[UUID, Path(description="The speech that was asked for (`jobId`).")]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Words = StringConstraints(strip_whitespace=True, min_length=1)
NO_SPEECH = problems(not_found="There is no such speech.")
ACCEPTED = answers(examples.SPEECH_QUEUED, "Asked for; `GET /api/tts/status/{jobId}` shows its status.", 202)


class _Speaker(RequestModel):
    """Who speaks, and how."""

    provider: str | None = Field(None, max_length=100, description="Left out: a free one of the language.")
    voice: str | None = Field(None, max_length=300, description="Left out: its first of the language.")
    model: str | None = Field(None, max_length=200, description="Its model; its first when left out.")
    language: Tag = Field("en", description="The language of the text.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is as usual.")
    options: OwnOptions = Field(default_factory=dict, description="Options of the provider.")


class GenerateSpeech(_Speaker):
    """A text to be spoken, in one piece."""

    text: Annotated[str, Words] = Field(max_length=MOST_TEXT, description="What is said.")
    variant: int = Field(0, ge=0, le=1000, description="Another number, another reading of the same text.")


class PreviewVoice(_Speaker):
    """A voice to be heard."""

    text: Annotated[str, Words] | None = Field(
        None, max_length=MOST_PREVIEW, description="Left out: a sentence in the language."
    )


GENERATE: dict[str, Example] = {
    "free": {"value": {"text": "Rice grows for four months.", "language": "en", "speed": 1.1}},
    "named": {"value": {"text": "Reis wächst vier Monate.", "language": "de", "provider": "espeak"}},
}
PREVIEW: dict[str, Example] = {
    "voice": {"value": {"provider": "espeak", "voice": "de+f3", "language": "de"}},
    "text": {"value": {"provider": "hibari", "voice": "heart", "text": "Rice grows."}},
}


@router.get("/voices", responses=answers(examples.VOICES, "The voices there are."), summary="List the voices")
async def read_voices(
    run: Run,
    owner: Owner,
    language: Annotated[Tag | None, Query(description="Only those that speak it.")] = None,
    provider: Annotated[str | None, Query(max_length=100, description="Only those of one provider.")] = None,
) -> VoiceListing:
    """The voices of all providers that can be asked, with language, sex and sample. Free."""
    return await every_voice(run, owner, provider=provider, language=language)


@router.post("/generate", status_code=202, responses=ACCEPTED, summary="Have a text spoken")
async def generate_speech(
    wanted: Annotated[GenerateSpeech, Body(openapi_examples=GENERATE)], run: Run, owner: Owner
) -> SpeechJob:
    """Ask for speech. The same text of the same voice is not paid for twice; `variant` asks for another.

    One call is one piece: the provider's limit of characters holds.
    """
    return await order_speech(
        run, owner, _order(wanted, clean_text(wanted.text, MOST_TEXT), variant=wanted.variant)
    )


@router.post("/preview", status_code=202, responses=ACCEPTED, summary="Hear a voice")
async def preview_voice(
    wanted: Annotated[PreviewVoice, Body(openapi_examples=PREVIEW)], run: Run, owner: Owner
) -> SpeechJob:
    """Have a sentence spoken, before everything else that is queued. Kept for 30 days, and paid for once."""
    text = None if wanted.text is None else clean_text(wanted.text, MOST_PREVIEW)
    return await order_speech(run, owner, _order(wanted, text, preview=True))


@router.get(
    "/status/{job_id}",
    responses=answers(examples.SPEECH, "How far it is.") | NO_SPEECH,
    summary="Look at speech that was asked for",
)
async def read_speech_status(job_id: JobId, run: Run, owner: Owner) -> SpeechJob:
    """How far it is; once it is there: where to get it, its length, and when each word is heard."""
    return await read_speech(run, owner, job_id)


@router.get(
    "/{job_id}/content",
    response_class=Response,
    responses={**binary("audio/wav", "The speech."), **UNCHANGED, **NO_SUCH_RANGE, **NO_SPEECH},
    summary="Get speech",
)
async def read_speech_content(job_id: JobId, request: Request, run: Run, owner: Owner) -> Response:
    """The speech as a WAV file. Ranges are answered."""
    return await send_file(request, run, await speech_file(run, owner, job_id), f"{job_id}.wav")


def _order(wanted: _Speaker, text: str | None, *, variant: int = 0, preview: bool = False) -> SpeechOrder:
    return SpeechOrder(
        text,
        language=wanted.language,
        provider=wanted.provider,
        voice=wanted.voice,
        model=wanted.model,
        speed=wanted.speed,
        options=wanted.options,
        variant=variant,
        preview=preview,
    )
