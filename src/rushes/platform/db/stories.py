"""The tables of stories: what a person decided (versions of a document), and the films made of it.

What is made on the way lies elsewhere: speech, pictures and scripts are generations, scene videos are shots.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

_NOW = func.now()
_EMPTY = text("'{}'")


class StoryBatch(Base):
    """Stories that were asked for together, a topic each, with shared settings."""

    __tablename__ = "story_batches"
    __table_args__ = (Index("story_batches_by_owner", "owner_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    name: Mapped[str]
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)


class Story(Base):
    """One story: the row is the program counter of its task."""

    __tablename__ = "stories"
    __table_args__ = (
        Index("stories_by_owner", "owner_id", "created_at", postgresql_where=text("deleted_at IS NULL")),
        Index("stories_by_project", "project_id"),
        Index("stories_by_batch", "batch_id", "position"),
        Index("stories_running", "id", postgresql_where=text("status IN ('running', 'waiting')")),
        Index("stories_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("story_batches.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(server_default=text("0"))
    """Its place in the batch."""
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    step: Mapped[str | None]
    """The step that is being made, or that it stopped at."""
    until: Mapped[str] = mapped_column(server_default="film")
    """The last step that the run makes."""
    reviewed: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """By step: the hash of what a person has looked at and let pass."""
    waiting_for: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it waits, or why it failed."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """The number of the version that holds."""
    budget: Mapped[Decimal | None]
    """US dollars that all its paid calls may cost; None: no cap."""
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job of its scene shots, once there is one."""
    made: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """By part: the hash of what it was made of last."""
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """By the hash of a search: the pictures that were found, best first."""
    paid: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """By the hash of a scene: whether `auto` pays for a video of it."""
    uploads: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """By storage key: the facts of a file that a person has uploaded."""
    copied_from: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class StoryVersion(Base):
    """One version of a story's document."""

    __tablename__ = "story_versions"

    story_id: Mapped[UUID] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    document: Mapped[dict[str, Any]]
    change: Mapped[str]
    """What was changed, in a few words."""
    by: Mapped[str]
    """`person`, or `rushes`."""
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)


class StoryShot(Base):
    """A shot that was made for a scene, by the hash of its inputs."""

    __tablename__ = "story_shots"
    __table_args__ = (Index("story_shots_by_hash", "owner_id", "input_hash"),)

    story_id: Mapped[UUID] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    input_hash: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    shot_id: Mapped[UUID] = mapped_column(ForeignKey("shots.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)


class StoryUse(Base):
    """Something that a story has needed, made by whichever story asked first: the hash of its inputs."""

    __tablename__ = "story_uses"
    __table_args__ = (Index("story_uses_by_hash", "owner_id", "input_hash"),)

    story_id: Mapped[UUID] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    input_hash: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))


class Film(Base):
    """A rendered output: the film of one timeline, or a preview of a part of it."""

    __tablename__ = "films"
    __table_args__ = (
        UniqueConstraint("story_id", "timeline_hash", "purpose", name="films_of_timeline"),
        Index("films_by_owner", "owner_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    story_id: Mapped[UUID] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    version: Mapped[int]
    """The version of the story that it was made of."""
    purpose: Mapped[str]
    """`film`, `export`, or a preview's height and span."""
    shape: Mapped[str]
    language: Mapped[str]
    timeline_hash: Mapped[str]
    work_id: Mapped[UUID]
    """The local work that makes it."""
    files: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    """Name (`film.mp4`, `captions.srt`) to storage key; empty until it is made."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    frames: Mapped[int | None]
    seconds: Mapped[float | None]
    lufs: Mapped[float | None]
    true_peak: Mapped[float | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    completed_at: Mapped[datetime | None]
