"""What the tools read of the API's answers; other fields are ignored, so newer servers are understood."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, JsonValue


class FaultReply(BaseModel):
    """One thing wrong with what was sent."""

    where: str
    message: str


class ProblemReply(BaseModel):
    """A problem of RFC 9457."""

    detail: str
    code: str
    actor: str
    hint: str | None = None
    errors: list[FaultReply] = []


class EstimateReply(BaseModel):
    """What so many shots would take."""

    estimated_time_minutes: float
    estimated_cost: Decimal
    estimated_credits: int
    price_known: bool
    videos: int


class JobReply(BaseModel):
    """A job."""

    job_id: str
    job_name: str
    status: str
    provider: str
    progress: float
    expected_videos: int
    completed_videos: int
    failed_videos: int
    waiting_videos: int
    cost: Decimal
    budget: Decimal | None
    eta_seconds: float | None
    wait_reason: str | None = None
    next_actor: str | None = None
    next_step: str | None = None
    pause_reason: str | None = None


class JobCreatedReply(BaseModel):
    """A new job."""

    job_id: str


class VideoReply(BaseModel):
    """A take."""

    video_id: str
    job_id: str
    shot_id: str
    prompt_number: int
    prompt_text: str
    video_index: int
    status: str
    provider: str
    model: str
    price: Decimal
    cost: Decimal | None = None
    selected: bool
    rejected: bool = False
    rating: int
    video_url: str | None = None
    thumbnail_url: str | None = None
    duration_seconds: float | None = None
    resolution: str | None = None
    seed: int | None = None
    error_message: str | None = None
    wait_reason: str | None = None
    next_actor: str | None = None
    next_step: str | None = None
    delivered_differs: list[JsonValue] = []


class TakeReply(BaseModel):
    """A finished take of any job."""

    video: VideoReply


class PaginationReply(BaseModel):
    """Which page of how many."""

    total: int


class LibraryReply(BaseModel):
    """A page of finished takes."""

    items: list[TakeReply]
    pagination: PaginationReply


class NeedReply(BaseModel):
    """Something that waits for somebody."""

    job_id: str | None
    job_name: str | None
    kind: str
    count: int
    message: str
    provider: str
    retry_at: datetime | None = None
    next_actor: str | None
    next_step: str | None


class ProviderModelReply(BaseModel):
    """A model of a provider."""

    id: str
    title: str
    price_per_second: dict[str, Decimal] = {}
    credits: dict[str, int] = {}
    warning: str | None = None


class ProviderReply(BaseModel):
    """A provider."""

    id: str
    kind: str
    title: str
    modes: list[str]
    models: list[ProviderModelReply]
    options: dict[str, JsonValue]
    max_outputs: int
    max_prompt_chars: int
    needs: str | None
    offered: bool = True


class StoryEstimateReply(BaseModel):
    """What a film would take."""

    seconds: float
    cost: Decimal
    price_known: bool
    estimated_time_seconds: float
    notes: list[str]


class StoryReply(BaseModel):
    """A story."""

    story_id: str
    name: str
    status: str
    step: str | None
    reason: str | None
    progress: float
    cost: Decimal
    budget: Decimal | None
    waiting_for: str | None
    film_url: str | None
    seconds: float | None


class KeyReply(BaseModel):
    """A key of a service."""

    providers: list[str]
    state: str


class SignInReply(BaseModel):
    """A sign-in of Google Flow."""

    state: str
