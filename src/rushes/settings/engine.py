"""How much runs at once, how often it is tried again, how workers look after each other."""

from pydantic import BaseModel, Field, PositiveInt

from rushes.settings._units import GIB


class EngineSettings(BaseModel):
    """Settings of the dispatcher, of retries and of heartbeats."""

    worker_concurrency: int = Field(
        default=2000,
        ge=1,
        description="Videos one worker may have in progress; nearly all of them only wait.",
    )
    provider_concurrency: dict[str, PositiveInt] = Field(
        default_factory=dict,
        description='Submissions in progress per provider, as JSON: {"omni": 4}. Unset: the provider\'s own.',
    )
    high_demand_wait: float = Field(default=180.0, ge=0, description="Seconds to wait for a busy provider.")
    high_demand_retries: int = Field(
        default=5, ge=0, description="How often to try again when a provider is busy."
    )
    network_retry_wait: float = Field(
        default=5.0, ge=0, description="First wait after a network fault, seconds; doubles, with jitter."
    )
    network_retries: int = Field(default=8, ge=0, description="How often to try again after a network fault.")
    generation_retries: int = Field(
        default=2, ge=0, description="How often to submit again when the provider failed to generate."
    )
    heartbeat_seconds: float = Field(default=5.0, gt=0, description="How often a worker says it is alive.")
    stalled_after_seconds: float = Field(
        default=20.0,
        gt=0,
        description="A worker silent for this long is taken for dead and its work taken over.",
    )
    tick_seconds: float = Field(
        default=30.0, gt=0, description="How often the net runs that catches what a crash dropped."
    )
    min_free_bytes: int = Field(
        default=1 * GIB, ge=0, description="Jobs pause when the data folder has less free space than this."
    )
