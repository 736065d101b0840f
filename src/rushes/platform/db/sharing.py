"""The tables of share links: what is shown to whoever has one, and what guests said of it.

Only a hash of the secret is kept, and an Argon2id hash of the password.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, UniqueConstraint, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base


class ShareLink(Base):
    """A link of a space: to a job, to takes (`video_ids`) or to a film; it ends with what it shows."""

    __tablename__ = "share_links"
    __table_args__ = (Index("share_links_by_owner", "owner_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[str]
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    film_id: Mapped[UUID | None] = mapped_column(ForeignKey("films.id", ondelete="CASCADE"))
    video_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    password_hash: Mapped[str | None]
    download: Mapped[bool]
    feedback: Mapped[bool]
    views: Mapped[int] = mapped_column(server_default=text("0"))
    downloads: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class GuestReview(Base):
    """What a guest of a link said of a take: stars, words, or both. One a guest and take."""

    __tablename__ = "guest_reviews"
    __table_args__ = (UniqueConstraint("link_id", "video_id", "guest", name="guest_reviews_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    link_id: Mapped[UUID] = mapped_column(ForeignKey("share_links.id", ondelete="CASCADE"))
    video_id: Mapped[UUID] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"))
    guest: Mapped[str]
    """The name that they gave."""
    stars: Mapped[int]
    """0: none."""
    note: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
