"""Flow's own shapes: its sign-ins, its queue, and the state in which a browser is signed in."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rushes.engine.states import CredentialState
from rushes.errors import ErrorType, Fault, Invalid
from rushes.platform.told import ToldText

FLOW = "flow"
"""The provider's id, and the name of its queue."""
LARGEST_STATE = 1024 * 1024
"""Characters a state may have; a real one has some ten thousand, and no request is larger."""


_KEY = re.compile(r"flow/auth/([^/]+)/storage_state\.json$")


def bucket_key(name: str) -> str:
    """Where the state of a sign-in is kept in the bucket."""
    return f"flow/auth/{quote(name, safe='')}/storage_state.json"


def name_in_key(path: str) -> str | None:
    """The sign-in's name, when the path ends like such a key."""
    found = _KEY.search(path)
    return unquote(found.group(1)) if found else None


class StorageState(BaseModel):
    """What Playwright calls a storage state: the cookies and the local storage of a signed-in browser."""

    model_config = ConfigDict(extra="allow")

    cookies: list[dict[str, Any]] = Field(min_length=1)
    origins: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])


def checked_state(state: str) -> str:
    """The state, if it is one. Raises `Invalid`, which shows nothing of it."""
    try:
        if len(state) > LARGEST_STATE:
            raise ValueError(state[:0])
        StorageState.model_validate_json(state)
    except (ValidationError, ValueError):
        raise Invalid(
            "This is no signed-in state of a browser.",
            [
                Fault(
                    "storage_state",
                    'A JSON object with "cookies" (one at least) and "origins" is needed, as'
                    " `rushes flow export` writes it.",
                    "no_storage_state",
                )
            ],
        ) from None  # the cause would show cookies
    return state


class FlowSignInView(BaseModel):
    """A Flow sign-in: a Google account signed in by its owner. What it is signed in with is never shown."""

    id: UUID
    name: str
    email: str | None = Field(description="As seen at the sign-in, when it was.")
    origin: str = Field(description="`user`, or `environment`: taken in from FLOW_STORAGE_STATE_URL.")
    state: CredentialState
    state_reason: ToldText | None = Field(description="What its owner has to do something about.")
    needs_you: bool = Field(description="Whether nothing is made with it until its owner acts.")
    signed_in_at: datetime | None = Field(description="When its owner signed in, or brought the state in.")
    renewed_at: datetime | None = Field(description="When the state was last kept after use.")
    age_seconds: float | None = Field(description="Since `renewed_at`.")
    old: bool = Field(description="Whether it has not been used for so long that it may be signed out.")
    last_checked_at: datetime | None = Field(description="When it was last looked whether it is signed in.")
    last_used_at: datetime | None
    last_limited_at: datetime | None = Field(description="When Flow last wanted fewer or no more of it.")
    checking: bool = Field(description="Whether a check waits for a worker, or is on.")
    in_use_by: str | None = Field(description="The worker that has its browser open.")
    resting_until: datetime | None = Field(description="Until then nothing new is submitted with it.")
    resting_for: ErrorType | None = Field(description="Why it is cooling down.")
    concurrency: int | None = Field(description="Generations in progress; null: as set for all.")
    spacing_seconds: float | None = Field(description="Between submits; null: the provider's own.")
    credits_left: int | None = Field(description="As Flow told it last; null: it has not yet.")
    submissions: int = Field(description="How many were accepted, or are in progress.")
    in_flight: int
    created_at: datetime


class FlowQueue(BaseModel):
    """How many of Flow's videos wait, are in progress and failed."""

    pending: int = Field(description="Queued, or waiting for somebody.")
    processing: int
    failed: int


class Requeued(BaseModel):
    """How many videos were queued again."""

    requeued: int
