"""The table of local work: upscales, and whatever else is computed on this installation's own machines."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

_OPEN = text("status IN ('queued', 'running')")


class LocalWork(Base):
    """One piece of local work: the row is the program counter of its task in the queue."""

    __tablename__ = "local_work"
    __table_args__ = (
        Index("local_work_subject", "kind", "subject", unique=True, postgresql_where=_OPEN),
        Index("local_work_open", "kind", postgresql_where=_OPEN),
        Index("local_work_by_job", "job_id"),
        Index("local_work_by_video", "video_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    kind: Mapped[str]
    subject: Mapped[str | None]
    """What it makes something of: one kind has at most one open piece of work for a subject."""
    params: Mapped[dict[str, Any]]
    """What its kind needs to make it."""
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    """The job whose deletion ends it; None: no job's."""
    video_id: Mapped[UUID | None] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    worker: Mapped[str | None]
    claim: Mapped[UUID | None]
    """The try that may write to this row; every other one has lost it (the fence)."""
    heartbeat_at: Mapped[datetime | None]
    """When the worker last said that it is at it."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was begun and heard of no more since it was last put back."""
    error: Mapped[str | None]
    """Why it failed, or why it waits."""
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
