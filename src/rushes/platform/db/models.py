"""The tables. Every one has an owner from the first migration on: a space (`people`).

State lives on videos and submissions: a shot is only input. The ledger (`submissions`) has no
foreign key to what was made from it, because it outlives a deleted job: it is what was paid (`paying`).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from rushes.platform.db.acting import acting_user_id

LOCAL_OWNER = UUID("00000000-0000-0000-0000-000000000001")
"""The user, and his personal space, of an installation without accounts; its first admin afterwards."""


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id; tells in which order events may be read."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the SQL name of the type."""
        return "xid8"


class Base(DeclarativeBase):
    """All columns of one Python type have one SQL type."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(14, 6),
        UUID: PG_UUID(as_uuid=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[UUID]: ARRAY(PG_UUID(as_uuid=True)),
    }


def _key() -> Mapped[UUID]:
    return mapped_column(primary_key=True, default=uuid4)


def _owner() -> Mapped[UUID]:
    return mapped_column(ForeignKey("spaces.id"))


def _now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


class User(Base):
    """A person. What is made belongs to a space, of which people are members."""

    __tablename__ = "users"
    __table_args__ = (Index("users_by_email", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = _key()
    name: Mapped[str]
    email: Mapped[str | None]
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")
    """`active`, `pending`, `disabled`; `local`: the one of an installation without accounts."""
    is_admin: Mapped[bool] = mapped_column(server_default=text("false"))
    last_login_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = _now()


class SpaceRow(Base):
    """What owns things: `personal` (one for each user, with the user's id) or `shared`."""

    __tablename__ = "spaces"

    id: Mapped[UUID] = _key()
    kind: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = _now()


class Project(Base):
    """A folder of jobs that a user has named."""

    __tablename__ = "projects"
    __table_args__ = (Index("projects_by_name", "owner_id", text("lower(name)"), unique=True),)

    id: Mapped[UUID] = _key()
    owner_id: Mapped[UUID] = _owner()
    name: Mapped[str]
    archived_at: Mapped[datetime | None]  # not offered for new jobs any more; its jobs stay
    brand: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = _now()


class Job(Base):
    """A batch: settings and shots."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_by_owner", "owner_id", "created_at"),
        Index("jobs_processing", "id", postgresql_where=text("status IN ('processing', 'paused')")),
        Index(
            "jobs_of_one_prompt", "owner_id", "kind", "session_id", postgresql_where=text("kind <> 'batch'")
        ),
        Index("jobs_expiring", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    id: Mapped[UUID] = _key()
    owner_id: Mapped[UUID] = _owner()
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="batch")
    session_id: Mapped[str | None]  # what its client groups one-prompt jobs by; free text
    source_video_id: Mapped[UUID | None]  # it goes on from (last frame, or a remix); may be deleted
    status: Mapped[str] = mapped_column(default="pending")
    provider: Mapped[str]
    model: Mapped[str]
    outputs: Mapped[int]
    settings: Mapped[dict[str, Any]]
    budget: Mapped[Decimal | None]  # US dollars beyond which nothing new is submitted
    route_reason: Mapped[str | None]  # why this provider was chosen
    queue_rank: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # lower goes first
    pause_reason: Mapped[str | None]
    paused_by: Mapped[str | None]
    """`user`, or the error type of the system fault that paused it."""
    image_count: Mapped[int] = mapped_column(default=0)
    prompt_count: Mapped[int] = mapped_column(default=0)
    upload: Mapped[dict[str, Any] | None]
    """The last upload's report: unmatched images and prompts, warnings."""
    created_at: Mapped[datetime] = _now()
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    keep_days: Mapped[float | None]
    expires_at: Mapped[datetime | None]
    """Set at its end, `keep_days` after it (None: never): it is then deleted, unless a take is selected."""
    created_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), default=acting_user_id
    )


class Shot(Base):
    """One image (optional) + one prompt: what takes are made from."""

    __tablename__ = "shots"
    __table_args__ = (Index("shots_by_job", "job_id", "number"),)

    id: Mapped[UUID] = _key()
    owner_id: Mapped[UUID] = _owner()
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    number: Mapped[int]
    prompt: Mapped[str]
    negative_prompt: Mapped[str | None]
    image_filename: Mapped[str | None]
    image_key: Mapped[str | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Options of the provider in which this shot differs from its job."""


class Video(Base):
    """One take of a shot. Carries its own prompt and image, since a regenerated take may differ."""

    __tablename__ = "videos"
    __table_args__ = (
        Index("videos_by_job", "job_id", "status", "deleted_at", postgresql_include=["price"]),
        Index("videos_by_shot", "shot_id"),
        Index("videos_queued", "job_id", "limits", "position", postgresql_where=text("status = 'queued'")),
        Index(
            "videos_queued_by_price",
            "job_id",
            "price",
            postgresql_where=text("status = 'queued' AND price > 0"),
        ),
        Index(
            "videos_open", "job_id", postgresql_where=text("status IN ('queued', 'generating', 'waiting')")
        ),
        Index(
            "videos_finished",
            "owner_id",
            "created_at",
            postgresql_where=text("status = 'completed' AND deleted_at IS NULL"),
        ),
        Index("videos_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(
            "videos_trouble",
            "owner_id",
            "job_id",
            postgresql_where=text("status IN ('failed', 'waiting') AND deleted_at IS NULL"),
        ),
        Index("videos_by_submission", "submission_id", postgresql_where=text("submission_id IS NOT NULL")),
        Index(
            "videos_history",
            "provider",
            "model",
            "generation_completed_at",
            postgresql_where=text("status = 'completed'"),
        ),
        Index("videos_differing", "job_id", postgresql_where=text("delivered_differs IS NOT NULL")),
        Index(
            "videos_held",
            "provider",
            postgresql_where=text("status = 'waiting' AND waiting_for IN ('person', 'budget', 'provider')"),
        ),
    )

    id: Mapped[UUID] = _key()
    owner_id: Mapped[UUID] = _owner()
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    shot_id: Mapped[UUID] = mapped_column(ForeignKey("shots.id", ondelete="CASCADE"))
    position: Mapped[int]
    """Order inside the job, by shot and take."""
    prompt_number: Mapped[int]
    video_index: Mapped[int]
    status: Mapped[str] = mapped_column(default="queued")
    waiting_for: Mapped[str | None]
    error_type: Mapped[str | None]
    error_message: Mapped[str | None]
    retry_count: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    limits: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often in a row it was answered that a limit of its key is reached: it goes behind the others."""
    limited_at: Mapped[datetime | None]
    progress: Mapped[float | None]
    prompt_text: Mapped[str]
    negative_prompt: Mapped[str | None]
    image_filename: Mapped[str | None]
    image_key: Mapped[str | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[str]
    model: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """All options of its provider that it is asked with."""
    price: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default=text("0"))
    """US dollars it is expected to cost; 0 where it is free, or nobody knows."""
    submission_id: Mapped[UUID | None]
    cost: Mapped[Decimal | None]
    selected: Mapped[bool] = mapped_column(default=False)
    rating: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    """Stars, 0 (none given) to 5."""
    rejected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Its owner has looked at it and does not want it; never also `selected`."""
    deleted_at: Mapped[datetime | None]
    """Deleted by its owner, and not shown; can be brought back until the sweeper takes it."""
    downloaded_at: Mapped[datetime | None]
    upscaled: Mapped[bool] = mapped_column(default=False)
    video_key: Mapped[str | None]
    thumbnail_key: Mapped[str | None]
    duration_seconds: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    delivered_differs: Mapped[list[Any] | None]  # in what its file is not as asked: engine/delivered.py
    created_at: Mapped[datetime] = _now()
    generation_started_at: Mapped[datetime | None]
    generation_completed_at: Mapped[datetime | None]


class Event(Base):
    """Something changed. Read in the order of (xid, id) below the snapshot's xmin: see queries/events.py."""

    __tablename__ = "events"
    __table_args__ = (Index("events_in_order", "xid", "id"), Index("events_by_job", "job_id", "xid", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    owner_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    video_id: Mapped[UUID | None]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = _now()
