"""The shape of a key or a Flow sign-in, as people see it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.engine.states import CredentialState
from rushes.errors import ErrorType
from rushes.platform.told import ToldText

MOST_CONCURRENCY = 1000
MOST_SPACING_SECONDS = 86_400.0
"""A day. The dispatcher makes a slot of each, and an interval of the other."""


class ModelRestView(BaseModel):
    """A model that cools down on a key, which goes on with its others."""

    provider: str
    model: str
    until: datetime
    error_type: ErrorType


class CredentialView(BaseModel):
    """A key or an account. Its secret is never shown."""

    id: UUID
    service: str = Field(description="Who gave it out.")
    provider: str = Field(description="The provider it was added for.")
    providers: list[str] = Field(description="The providers of the service that it is used for.")
    refused: dict[str, str] = Field(
        description="Providers of the service that did not take it, and why; the others go on with it."
    )
    kind: str = Field(description="`key` or `flow_account`.")
    name: str
    last_four: str = Field(description="The end of the secret, to tell one from another.")
    fields: dict[str, str] = Field(description="What goes with it and is no secret.")
    origin: str = Field(description="`user`, or `environment`: taken in from a variable.")
    state: CredentialState
    state_reason: ToldText | None = Field(description="What its owner has to do something about.")
    resting_until: datetime | None = Field(
        description="Until then nothing new is submitted with it, or with the `resting_models` alone."
    )
    resting_models: list[ModelRestView] = Field(
        default=[], description="Models of which nothing new is submitted; the others continue."
    )
    resting_for: ErrorType | None = Field(description="Why it is cooling down.")
    last_limited_at: datetime | None
    last_used_at: datetime | None
    last_checked_at: datetime | None
    concurrency: int | None = Field(description="Submissions in progress; null: the provider's own number.")
    spacing_seconds: float | None = Field(description="Between submits; null: the provider's own.")
    submissions: int = Field(description="How many were accepted, or are in progress.")
    in_flight: int
    cost: Decimal = Field(description="US dollars settled so far.")
    created_at: datetime
