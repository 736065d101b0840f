"""What is shown of a script, a picture or speech that was asked for: a job, in the older systems' words."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from rushes.engine.generations_shapes import (
    GenerationView,
    PictureResult,
    ScriptResult,
    SpeechResult,
    SpokenWord,
)
from rushes.engine.next_step import NextStep
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus, WaitingFor
from rushes.errors import Conflict, ErrorType
from rushes.platform.told import ToldText
from rushes.providers.picture_contract import Attribution
from rushes.providers.script_contract import Draft
from rushes.providers.voice_contract import WordTimes


class MaterialStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


STATUSES = {
    VideoStatus.QUEUED: MaterialStatus.QUEUED,
    VideoStatus.GENERATING: MaterialStatus.PROCESSING,
    VideoStatus.WAITING: MaterialStatus.PROCESSING,
    VideoStatus.COMPLETED: MaterialStatus.COMPLETED,
    VideoStatus.FAILED: MaterialStatus.FAILED,
    VideoStatus.CANCELLED: MaterialStatus.FAILED,
}


class MaterialError(BaseModel):
    """Why it failed, or whom it waits for."""

    type: ErrorType | None
    message: ToldText
    next_step: NextStep | None = Field(description="Who acts next.")


class MaterialJob(BaseModel):
    """A script, a picture or speech that was asked for."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    job_id: UUID
    status: MaterialStatus
    progress: float = Field(description="Percent, 0 to 100.")
    estimated_time: float | None = Field(description="Seconds until it is there, by what is usual; or null.")
    waiting_for: WaitingFor | None = Field(description="Whom it waits for, when nobody works on it.")
    error: MaterialError | None
    provider: str
    model: str
    price: Decimal | None = Field(description="US dollars it is expected to cost; null until estimated.")
    cost: Decimal | None = Field(description="US dollars it has cost.")
    created_at: datetime


class SourceTrouble(BaseModel):
    """Why a source gave nothing."""

    source: str
    message: ToldText


class WrittenScript(BaseModel):
    """A script: what was written, or the version of it that a person has stored."""

    draft: Draft
    edited: bool = Field(description="Whether a person has changed it.")
    repairs: int = Field(description="How often the answer had to be asked for again.")


class ScriptJob(MaterialJob):
    """A script that was asked for. `result` is null until it is there."""

    result: WrittenScript | None = None

    def required_draft(self) -> Draft:
        """Return the script. Raises `Conflict` while there is none."""
        if self.result is None:
            raise Conflict(f"This script is {self.status.lower()}.", hint="Wait until it is written.")
        return self.result.draft


class DrawnPicture(BaseModel):
    """A picture that was made. Sizes in pixels."""

    url: str = Field(description="Where to get it.")
    media_type: str
    width: int
    height: int
    attribution: Attribution


class DrawnPictures(BaseModel):
    """What was made."""

    pictures: list[DrawnPicture]


class PictureJob(MaterialJob):
    """A picture that was asked for. `result` is null until it is there."""

    result: DrawnPictures | None = None


class SpokenText(BaseModel):
    """Speech that was made: its length in seconds, and when each word is heard, seconds from its start."""

    url: str = Field(description="Where to get it: a WAV file.")
    media_type: str
    seconds: float
    words: list[SpokenWord] = Field(description="Empty where the voice does not say.")
    times: WordTimes = Field(description="How the times of the words are known.")


class SpeechJob(MaterialJob):
    """Speech that was asked for. `result` is null until it is there."""

    result: SpokenText | None = None


def script_job(view: GenerationView, typical_seconds: float, edited: Draft | None) -> ScriptJob:
    """Return a generation of a script as a job; `edited` is a person's version of it."""
    result = None
    if isinstance(view.result, ScriptResult):
        draft = view.result.draft if edited is None else edited
        result = WrittenScript(draft=draft, edited=edited is not None, repairs=view.result.repairs)
    return ScriptJob.model_validate({**_common(view, typical_seconds), "result": result})


def picture_job(view: GenerationView, typical_seconds: float) -> PictureJob:
    """Return a generation of a picture as a job."""
    result = None
    if isinstance(view.result, PictureResult):
        result = DrawnPictures(
            pictures=[
                DrawnPicture(
                    url=f"/api/images/{view.id}/content?index={index}",
                    media_type=each.media_type,
                    width=each.width,
                    height=each.height,
                    attribution=each.attribution,
                )
                for index, each in enumerate(view.result.pictures)
            ]
        )
    return PictureJob.model_validate({**_common(view, typical_seconds), "result": result})


def speech_job(view: GenerationView, typical_seconds: float) -> SpeechJob:
    """Return a generation of speech as a job."""
    result = None
    if isinstance(view.result, SpeechResult):
        result = SpokenText(
            url=f"/api/tts/{view.id}/content",
            media_type="audio/wav",
            seconds=round(view.result.seconds, 3),
            words=view.result.words,
            times=view.result.times,
        )
    return SpeechJob.model_validate({**_common(view, typical_seconds), "result": result})


def typical_seconds(run: Runtime, view: GenerationView) -> float:
    """Return how long it usually takes, seconds: by its model, the provider's first where that has gone."""
    models = run.providers.of_any_kind(view.provider).models.models
    return next((each.typical_seconds for each in models if each.id == view.model), models[0].typical_seconds)


def _common(view: GenerationView, typical_seconds: float) -> dict[str, object]:
    error = None
    if view.error_message or view.status is VideoStatus.CANCELLED:
        message = view.error_message or "It was cancelled."
        error = MaterialError(type=view.error_type, message=message, next_step=view.said_next())
    done = 100.0 if view.status is VideoStatus.COMPLETED else round(100 * (view.progress or 0.0), 1)
    return {
        "job_id": view.id,
        "status": STATUSES[view.status],
        "progress": done,
        "estimated_time": _seconds_left(view, typical_seconds),
        "waiting_for": view.waiting_for,
        "error": error,
        "provider": view.provider,
        "model": view.model,
        "price": view.price,
        "cost": view.cost,
        "created_at": view.created_at,
    }


def _seconds_left(view: GenerationView, typical_seconds: float) -> float | None:
    if view.status is VideoStatus.QUEUED:
        return typical_seconds
    if view.status is not VideoStatus.GENERATING:
        return None
    began = view.started_at or view.created_at
    spent = (datetime.now(UTC) - began).total_seconds()
    if view.progress:
        return round(spent * (1 / view.progress - 1), 1)
    return round(max(1.0, typical_seconds - spent), 1)
