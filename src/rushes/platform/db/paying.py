"""The tables of money: what was paid (the ledger), what pays (keys and Flow sign-ins), and what may be."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["Base", "Budget", "CredentialRestRow", "CredentialRow", "Submission"]


class Submission(Base):
    """The ledger: one paid call for a subject (kind, ids). Its id is the idempotency key; outlives jobs."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(
            "submissions_active",
            "provider",
            postgresql_where=text("state IN ('claimed', 'submitting', 'submitted')"),
        ),
        Index("submissions_by_job", "job_id"),
        Index("submissions_by_day", "owner_id", "claimed_at"),
        Index("submissions_by_story", "story_id", postgresql_where=text("story_id IS NOT NULL")),
        Index("submissions_uncertain", "owner_id", postgresql_where=text("state = 'uncertain'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    job_id: Mapped[UUID | None]
    shot_id: Mapped[UUID | None]
    story_id: Mapped[UUID | None]
    """The story that its generation was asked for by; may be gone."""
    subject_kind: Mapped[str] = mapped_column(server_default="takes")
    subject_ids: Mapped[list[UUID]]
    attempt: Mapped[int]
    provider: Mapped[str]
    model: Mapped[str]
    credential_id: Mapped[UUID | None]
    """The key or account that pays, chosen at dispatch, for life; None where none is needed."""
    state: Mapped[str]
    worker: Mapped[str | None]
    """Who works on it: a worker that lost its row to another stops (the fence)."""
    remote_id: Mapped[str | None]
    request_hash: Mapped[str]
    cost_estimate: Mapped[Decimal]
    cost: Mapped[Decimal | None]
    faults: Mapped[int] = mapped_column(default=0)
    """Faults after acceptance (network while polling, damaged bytes): looked at again, never resent."""
    error: Mapped[str | None]
    candidates: Mapped[list[Any] | None]  # what may be it, while it is uncertain: engine/candidates.py
    refused_unclear: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """It was refused with an answer that may be about the key or about this request."""
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    """When the first byte of the paid request went out, the last time."""
    sent_by: Mapped[str | None]
    """The worker that sent it: only what this one reports is about that request."""
    submitted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    """When the provider said that it had made something."""
    ended_at: Mapped[datetime | None]


class CredentialRow(Base):
    """A key or a signed-in account. `secret` is sealed by the vault; what it is sealed with is not here.

    A deleted one keeps its name for the books, and nothing else.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        Index(
            "credentials_by_name",
            "owner_id",
            "service",
            "name",
            unique=True,
            postgresql_where=text("state <> 'deleted'"),
        ),
        Index("credentials_by_provider", "serves", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    service: Mapped[str]
    """Who gave it out; all providers of that service may use it."""
    provider: Mapped[str]
    """The provider it was added for."""
    serves: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The providers it is used for; a whole new one is added when the key is seen to fit it."""
    refused: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Providers of the service that did not take it, with the reason; the others go on with it."""
    kind: Mapped[str]
    name: Mapped[str]
    last_four: Mapped[str]
    secret: Mapped[str]
    fields: Mapped[dict[str, Any]]
    origin: Mapped[str]
    """`user`, or `environment`: taken in from a variable."""
    state: Mapped[str]
    state_reason: Mapped[str | None]
    """Why its owner has to act, in words."""
    resting_until: Mapped[datetime | None]
    resting_for: Mapped[str | None]
    """The error type (rate_limited, quota, credits) that made it rest."""
    last_limited_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    spaced_until: Mapped[datetime | None]
    """Not before this is the next submit: the spacing after the last one."""
    last_checked_at: Mapped[datetime | None]
    concurrency: Mapped[int | None]
    """Submissions in flight, when other than the provider's."""
    spacing_seconds: Mapped[float | None]
    """Seconds between submits, when other than the provider's."""
    held_by: Mapped[str | None]
    """The process that has a Flow account's browser open; nobody else may, until `held_until`."""
    held_until: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    """When a person signed in, or brought the state in."""
    renewed_at: Mapped[datetime | None]
    """When the state was last kept: signed in, or used."""
    source_sha256: Mapped[str | None]
    """Of what was taken in from the environment: that is taken in once, since use changes the state."""
    credits_left: Mapped[int | None]
    """Of a Flow account, as the page told it last."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CredentialRestRow(Base):
    """A model that cools down on one key, which goes on with its other models."""

    __tablename__ = "credential_rests"

    credential_id: Mapped[UUID] = mapped_column(
        ForeignKey("credentials.id", ondelete="CASCADE"), primary_key=True
    )
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    provider: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    error_type: Mapped[str]
    """What made it rest: rate_limited, quota."""


class Budget(Base):
    """An owner's caps in US dollars, for a UTC day and a UTC month; None is no cap."""

    __tablename__ = "budgets"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"), primary_key=True)
    day: Mapped[Decimal | None]
    month: Mapped[Decimal | None]
