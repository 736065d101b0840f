"""The tables of stored bytes: assets, and where else their bytes are than in the storage they begin in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base


class Asset(Base):
    """Stored bytes by key."""

    __tablename__ = "assets"
    __table_args__ = (Index("assets_by_job", "job_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    media_type: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AssetCopy(Base):
    """One asset in one place.

    A row of an archive is there from the first byte on; `verified` says that its bytes were read back.
    A row of the storage itself is there once an archive has the asset, so that it may leave.
    No foreign key: the bytes in an archive outlive the asset until the sweeper has deleted them.
    """

    __tablename__ = "copies"
    __table_args__ = (
        Index("copies_to_make", "place", postgresql_where=text("state = 'storing'")),
        Index("copies_that_may_go", "place", "since", postgresql_where=text("state = 'hot'")),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    """The name of a bucket or archive."""
    owner_id: Mapped[UUID]
    state: Mapped[str]
    """In an archive: storing, verified. In the storage: hot, gone (the archive has it)."""
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    ids: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What the place itself calls it (Telegram: messages and files)."""
    verified_at: Mapped[datetime | None]
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
    """Since when it is there: from then on its time in the storage counts."""
    held_until: Mapped[datetime | None]
    """A link was given out that works until then."""
    faults: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    error: Mapped[str | None]
