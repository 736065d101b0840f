"""The tables of upscaling: what was asked for (tasks), and the 4K copies there are.

What is being made is local work of the kind `upscale`, one piece a video.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["Base", "Upscale", "UpscaleTask", "UpscaleTaskVideo"]


class UpscaleTask(Base):
    """One request: a recipe and its videos."""

    __tablename__ = "upscale_tasks"
    __table_args__ = (Index("upscale_tasks_by_owner", "owner_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    quality: Mapped[str]
    codec: Mapped[str]
    enhance: Mapped[bool]
    hardware: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cancelled_at: Mapped[datetime | None]


class Upscale(Base):
    """The 4K copy that a video has, and how it was made."""

    __tablename__ = "upscales"
    __table_args__ = (
        Index("upscales_of_video", "video_id", unique=True),
        Index("upscales_by_job", "job_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Of the local work that has made it."""
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    quality: Mapped[str]
    codec: Mapped[str]
    enhance: Mapped[bool]
    hardware: Mapped[bool]
    key: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UpscaleTaskVideo(Base):
    """Which local work a task asked for, in its order. Several tasks may share a piece."""

    __tablename__ = "upscale_task_videos"
    __table_args__ = (Index("upscale_task_videos_by_work", "work_id"),)

    task_id: Mapped[UUID] = mapped_column(
        ForeignKey("upscale_tasks.id", ondelete="CASCADE"), primary_key=True
    )
    work_id: Mapped[UUID] = mapped_column(ForeignKey("local_work.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    position: Mapped[int]
