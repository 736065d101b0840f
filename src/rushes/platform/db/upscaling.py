"""The tables of upscaling: what was asked for (tasks), and the one upscale a video has under way or done."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["Base", "Upscale", "UpscaleTask", "UpscaleTaskVideo"]


class UpscaleTask(Base):
    """One request: a recipe and its videos."""

    __tablename__ = "upscale_tasks"
    __table_args__ = (Index("upscale_tasks_by_owner", "owner_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    quality: Mapped[str]
    codec: Mapped[str]
    enhance: Mapped[bool]
    hardware: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cancelled_at: Mapped[datetime | None]


class Upscale(Base):
    """The upscale of one video: the row is the program counter of its task in the queue.

    A video has at most one under way, and at most one that is there (`current`).
    """

    __tablename__ = "upscales"
    __table_args__ = (
        Index(
            "upscales_under_way",
            "video_id",
            unique=True,
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index("upscales_current", "video_id", unique=True, postgresql_where=text("current")),
        Index("upscales_by_video", "video_id"),
        Index("upscales_by_job", "job_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    quality: Mapped[str]
    codec: Mapped[str]
    enhance: Mapped[bool]
    hardware: Mapped[bool]
    status: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None]
    worker: Mapped[str | None]
    """Who makes it: a worker that lost its row to another writes nothing any more (the fence)."""
    current: Mapped[bool] = mapped_column(default=False)
    """Whether this is the 4K copy of its video."""
    key: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class UpscaleTaskVideo(Base):
    """Which upscales a task asked for, in its order. Several tasks may share one."""

    __tablename__ = "upscale_task_videos"
    __table_args__ = (Index("upscale_task_videos_by_upscale", "upscale_id"),)

    task_id: Mapped[UUID] = mapped_column(
        ForeignKey("upscale_tasks.id", ondelete="CASCADE"), primary_key=True
    )
    upscale_id: Mapped[UUID] = mapped_column(ForeignKey("upscales.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int]
