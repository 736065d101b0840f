"""The tables of taking home: links to ZIPs that are made when they are read, and sums of what is in them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["AssetSum", "Base", "DownloadLink"]


class DownloadLink(Base):
    """A link: what was asked for. The ZIP is laid out anew from it at every read, and not stored."""

    __tablename__ = "download_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    wanted: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class AssetSum(Base):
    """The CRC-32 of an asset's bytes: a ZIP tells it, and a part of a ZIP cannot be made without it."""

    __tablename__ = "asset_sums"

    key: Mapped[str] = mapped_column(ForeignKey("assets.key", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    sha256: Mapped[str]
    """Of the bytes that were summed: a sum of other bytes is none."""
    crc32: Mapped[int] = mapped_column(BigInteger)
