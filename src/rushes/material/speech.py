"""Speech asked for piece by piece: voices listed, a text spoken, a voice heard before it is chosen."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from rushes.engine.generations import NewGeneration, input_hash, read_generation
from rushes.engine.generations_calls import SPEECH_FILE
from rushes.engine.generations_shapes import GenerationView, SpeechParams
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, NotFound
from rushes.library.files import StoredFile
from rushes.material.choice import model_of
from rushes.material.scripts import ask_once
from rushes.material.sentences import preview_sentence
from rushes.material.views import SourceTrouble, SpeechJob, speech_job, typical_seconds
from rushes.planning.voices import list_voices, voice_for, voice_provider
from rushes.providers.kinds import Kind

PREVIEW_DAYS = 30
"""For so long the sound of a preview is kept; hearing it again meanwhile costs nothing."""


class ListedVoice(BaseModel):
    """A voice that can be asked for."""

    provider: str = Field(description="Whose it is; `provider` of a request.")
    voice: str = Field(description="Its id; `voice` of a request.")
    title: str
    languages: list[str] = Field(description="BCP 47 tags.")
    sex: str = Field(description="`female`, `male`, or empty where nobody says.")
    sample_url: str = Field(description="Where it can be heard for nothing; empty: have a preview spoken.")
    free: bool = Field(description="Whether it needs no key and costs nothing.")


class VoiceListing(BaseModel):
    """The voices there are, and who could not be asked for theirs."""

    voices: list[ListedVoice]
    troubles: list[SourceTrouble] = Field(description="Providers that could not be asked, and why.")


@dataclass(frozen=True)
class SpeechOrder:
    """A text to be spoken; what is left open is chosen by the language. `text` None: a sentence about it."""

    text: str | None
    language: str = "en"
    provider: str | None = None
    voice: str | None = None
    model: str | None = None
    speed: float = 1.0
    options: dict[str, Any] | None = None
    variant: int = 0
    preview: bool = False


async def every_voice(
    run: Runtime, owner: UUID, *, provider: str | None = None, language: str | None = None
) -> VoiceListing:
    """Return the voices of all providers (or one), those of a language. Raises `Invalid` for no provider."""
    lists = await list_voices(run, owner, provider=provider, language=language)
    return VoiceListing(
        voices=[
            ListedVoice(
                provider=each.provider.id,
                voice=one.id,
                title=one.title,
                languages=list(one.languages),
                sex=one.sex,
                sample_url=one.sample_url,
                free=each.provider.credential is None,
            )
            for each in lists
            for one in each.voices
        ],
        troubles=[
            SourceTrouble(source=each.provider.id, message=each.trouble) for each in lists if each.trouble
        ],
    )


async def order_speech(run: Runtime, owner: UUID, order: SpeechOrder) -> SpeechJob:
    """Ask for speech. What was spoken before, by the same voice in the same way, is not paid again.

    Raises `Invalid`, naming the field, for what cannot be spoken.
    """
    provider = voice_provider(run, order.provider, order.language)
    model = model_of(provider.models.models, order.model)
    spoken = " ".join((order.text or preview_sentence(order.language)).split())
    most = provider.limits.max_prompt_chars
    if len(spoken) > most:
        message = f"The text has {len(spoken)} characters; shorten it to {most}."
        raise Invalid(message, [Fault("text", message, "too_long")])
    voice = order.voice or await voice_for(run, owner, provider, order.language)
    params = SpeechParams(
        text=spoken,
        voice=voice,
        language=order.language,
        options={**(order.options or {}), "speed": order.speed},
    )
    made = input_hash(Kind.VOICE, provider.id, model.id, params, order.variant)
    new = NewGeneration(
        uuid4(),
        Kind.VOICE,
        provider.id,
        model.id,
        params,
        priority=1 if order.preview else 0,
        variant=order.variant,
        expires_at=datetime.now(UTC) + timedelta(days=PREVIEW_DAYS) if order.preview else None,
    )
    return await read_speech(run, owner, await ask_once(run, owner, new, made))


async def read_speech(run: Runtime, owner: UUID, job_id: UUID) -> SpeechJob:
    """Return speech that was asked for. Raises `NotFound`."""
    view = await _speech(run, owner, job_id)
    return speech_job(view, typical_seconds(run, view))


async def speech_file(run: Runtime, owner: UUID, job_id: UUID) -> StoredFile:
    """Return where the sound is. Raises `NotFound`, also while it is being made."""
    view = await _speech(run, owner, job_id)
    file = view.files.get(SPEECH_FILE)
    if file is None:
        raise NotFound(f"There is no sound of {job_id} yet.")
    return StoredFile(file.key, file.media_type, file.sha256)


async def _speech(run: Runtime, owner: UUID, job_id: UUID) -> GenerationView:
    async with run.db.statement() as session:
        view = await read_generation(session, owner, job_id)
    if view.kind is not Kind.VOICE:
        raise NotFound(f"There is no speech {job_id}.")
    return view
