"""The shapes of a provider and of its models, as people choose among them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from rushes.providers.kinds import Kind


class ModelView(BaseModel):
    """A model of a provider. Prices are US dollars for a second of video, by resolution."""

    id: str
    title: str
    price_per_second: dict[str, Decimal]
    credits: dict[str, int] = Field(
        default={},
        description='What one take costs in credits of a plan, where it is paid so: `"360p 8s"`, `"8s"` for'
        ' the other resolutions, `"*"` for all.',
    )
    price_per_million_characters: Decimal | None = Field(
        default=None, description="US dollars for a million characters of text, for voices."
    )
    price_per_picture: dict[str, Decimal] = Field(
        default={}, description="US dollars for a picture, by size or quality."
    )
    price_per_million_input: Decimal | None = Field(default=None, description="Of tokens that it reads.")
    price_per_million_output: Decimal | None = Field(default=None, description="Of tokens that it writes.")
    typical_seconds: float
    shutdown_date: datetime | None = None
    warning: str | None = Field(default=None, description="That its end is near, or past.")


class ProviderView(BaseModel):
    """A provider: what it can do, allows, and costs. `options` is JSON Schema."""

    id: str
    kind: Kind = Field(default=Kind.VIDEO, description="What it makes.")
    title: str
    modes: list[str]
    models: list[ModelView]
    options: dict[str, Any]
    max_outputs: int
    max_prompt_chars: int
    concurrency: int
    needs: str | None = Field(
        default=None, description="What it is paid through: `key`, `flow_account`, or null: it is free."
    )
    service: str = Field(description="Whose keys it uses; providers of one service share them.")
    service_title: str = Field(description="What people call the service.")
    key_fields: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="JSON Schema of what goes with a key."
    )
    environment: list[str] = Field(
        default=[], description="Variables that a key is taken in from; the first that is set counts."
    )
    offered: bool = Field(
        default=True,
        description="False for one that is there for tests: pages leave it out of what they offer.",
    )
