"""The table of generations: speech, pictures and scripts, each asked of a provider that makes no video."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base


class GenerationRow(Base):
    """One thing asked of a provider. Its call is a submission: the ledger outlives this row."""

    __tablename__ = "generations"
    __table_args__ = (
        Index("generations_by_hash", "owner_id", "kind", "input_hash"),
        Index("generations_by_story", "story_id", postgresql_where=text("story_id IS NOT NULL")),
        Index("generations_by_submission", "submission_id"),
        Index(
            "generations_open",
            "provider",
            "status",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("generations_expiring", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    story_id: Mapped[UUID | None]
    """The story that is woken when it ends."""
    kind: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    params: Mapped[dict[str, Any]]
    """What is asked for."""
    input_hash: Mapped[str]
    """Of kind, provider, model and params: the same is found by it, and not paid twice."""
    status: Mapped[str] = mapped_column(server_default="queued")
    waiting_for: Mapped[str | None]
    error_type: Mapped[str | None]
    error_message: Mapped[str | None]
    retry_count: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    progress: Mapped[float | None]
    priority: Mapped[int] = mapped_column(server_default=text("0"))
    """Higher goes first among those of one owner."""
    result: Mapped[dict[str, Any] | None]
    files: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Name to storage key, media type, bytes and sha256."""
    submission_id: Mapped[UUID | None]
    """The call that makes it, the last one."""
    budget: Mapped[Decimal | None]
    """US dollars that all calls of its story may cost; None is no cap."""
    price: Mapped[Decimal | None]
    """US dollars it is expected to cost; the dispatcher estimates it before the claim."""
    cost: Mapped[Decimal | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When it is deleted, if it has ended by then."""
