"""The table of events, which are read in the order in which their transactions became visible."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from rushes.platform.db.models import Base

__all__ = ["Base", "Event", "Xid8"]


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id; tells in which order events may be read."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the SQL name of the type."""
        return "xid8"


class Event(Base):
    """Something changed. Read in the order of (xid, id) below the snapshot's xmin: see engine/events.py."""

    __tablename__ = "events"
    __table_args__ = (Index("events_in_order", "xid", "id"), Index("events_by_job", "job_id", "xid", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    owner_id: Mapped[UUID]
    job_id: Mapped[UUID | None]
    video_id: Mapped[UUID | None]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
