"""What is asked of providers that make no videos, and what comes of it: data, kept as JSON in the rows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from rushes.engine.next_step import ActsNext, NextStep, next_step
from rushes.engine.states import VideoStatus, WaitingFor
from rushes.errors import ErrorType
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import Attribution, Candidate
from rushes.providers.script_contract import Brief, Draft, ScriptTask
from rushes.providers.voice_contract import WordTimes

MOST_SIDE = 16_384


class SpeechParams(BaseModel):
    """A text to be spoken. Its file is `speech.wav`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=100_000)
    voice: str = Field(max_length=300)
    language: str = Field(default="en", max_length=35)
    options: dict[str, Any] = {}


class PictureParams(BaseModel):
    """A picture to be made. `width` and `height` are of the frame to fill, pixels."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str = Field(min_length=1, max_length=100_000)
    width: int = Field(ge=1, le=MOST_SIDE)
    height: int = Field(ge=1, le=MOST_SIDE)
    options: dict[str, Any] = {}


class FetchParams(BaseModel):
    """A picture that was found, to be downloaded at no cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    candidate: Candidate


class ScriptParams(BaseModel):
    """A script to be written, improved or translated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: ScriptTask
    brief: Brief
    draft: Draft | None = None
    instruction: str = Field(default="", max_length=20_000)
    locked: frozenset[int] = frozenset()
    language: str | None = Field(default=None, max_length=35)
    options: dict[str, Any] = {}


Params = SpeechParams | PictureParams | FetchParams | ScriptParams
PARAMS: Mapping[Kind, tuple[type[Params], ...]] = {
    Kind.VOICE: (SpeechParams,),
    Kind.PICTURE: (PictureParams, FetchParams),
    Kind.SCRIPT: (ScriptParams,),
}
"""What may be asked of each kind of provider."""


class SpokenWord(BaseModel):
    """A word of the text, and when it is heard: seconds from the start of the file."""

    text: str
    start: float
    end: float


class SpeechResult(BaseModel):
    """Speech: its measured length in seconds, and its words; empty where the voice does not tell."""

    seconds: float
    words: list[SpokenWord] = []
    times: WordTimes = WordTimes.VOICE


class MadePicture(BaseModel):
    """A picture or clip. `file` is its name in `files`; sizes in pixels, `seconds` of a clip."""

    file: str
    media_type: str
    width: int
    height: int
    seconds: float | None = None
    attribution: Attribution = Attribution()


class PictureResult(BaseModel):
    """The pictures that were made or fetched."""

    pictures: list[MadePicture]


class ScriptResult(BaseModel):
    """A script. `repairs`: how often the answer had to be asked for again because it did not validate."""

    draft: Draft
    repairs: int = 0


Result = SpeechResult | PictureResult | ScriptResult
RESULTS: Mapping[Kind, type[Result]] = {
    Kind.VOICE: SpeechResult,
    Kind.PICTURE: PictureResult,
    Kind.SCRIPT: ScriptResult,
}


class GenerationFile(BaseModel):
    """A file in the storage. Size in bytes, sha256 in hex."""

    key: str
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class NewGeneration:
    """One thing to be asked for. `budget`: US dollars that all calls of its story may cost.

    `variant` makes another one of the same. A higher `priority` goes first. It is deleted at `expires_at`.
    """

    id: UUID
    kind: Kind
    provider: str
    model: str
    params: Params
    story_id: UUID | None = None
    priority: int = 0
    variant: int = 0
    budget: Decimal | None = None
    expires_at: datetime | None = None


class GenerationView(ActsNext):
    """A generation as it is now. Costs in US dollars, `progress` 0..1."""

    id: UUID
    story_id: UUID | None
    kind: Kind
    provider: str
    model: str
    params: dict[str, Any]
    input_hash: str
    status: VideoStatus
    waiting_for: WaitingFor | None
    error_type: ErrorType | None
    error_message: str | None
    retry_count: int
    retry_at: datetime | None
    progress: float | None
    priority: int
    result: SpeechResult | PictureResult | ScriptResult | None
    files: dict[str, GenerationFile]
    submission_id: UUID | None
    budget: Decimal | None
    price: Decimal | None = Field(description="US dollars it is expected to cost; null until estimated.")
    cost: Decimal | None = Field(description="US dollars it has cost.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None

    def said_next(self) -> NextStep | None:
        return next_step(self.status, self.waiting_for, self.error_type)


def input_hash(kind: Kind, provider: str, model: str, params: Params, variant: int = 0) -> str:
    """Return the sha256, in hex, of everything that decides what is made."""
    asked = params.model_dump(mode="json")
    if isinstance(params, ScriptParams):
        asked["locked"] = sorted(params.locked)  # a set has no order of its own
    whole = {"kind": str(kind), "provider": provider, "model": model, "params": asked, "variant": variant}
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_params(kind: Kind, params: dict[str, Any]) -> Params:
    """Return what a row asks for. Raises `ValidationError` for a row of a later version."""
    if kind is Kind.PICTURE and "candidate" in params:
        return FetchParams.model_validate(params)
    return PARAMS[kind][0].model_validate(params)


def read_result(kind: Kind, result: dict[str, Any]) -> Result:
    """Return what a row has come to."""
    return RESULTS[kind].model_validate(result)
