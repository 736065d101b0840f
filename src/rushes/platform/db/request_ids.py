"""The table of request ids: a request that is sent again makes nothing a second time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["Base", "RequestId"]


class RequestId(Base):
    """An `Idempotency-Key` of a space, and what was made for it. Kept for 30 days."""

    __tablename__ = "request_ids"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    request_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """What was asked for: `job`, `video`, `story`."""
    subject_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
