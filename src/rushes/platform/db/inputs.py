"""What a shot starts from besides its image: few have any of it, so it is a table of its own."""

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = ["Base", "ShotInputs"]


class ShotInputs(Base):
    """The last frame, the looks to keep, or the take that a shot changes or makes longer (its source)."""

    __tablename__ = "shot_inputs"

    shot_id: Mapped[UUID] = mapped_column(ForeignKey("shots.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id"))
    last_image_key: Mapped[str | None]
    reference_keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source_submission_id: Mapped[UUID | None]
    """In the ledger, which outlives the video that it made."""
    credential_id: Mapped[UUID | None]
    """The key or account of the source: the provider shows the source to no other."""
    extend: Mapped[bool]
    """Whether the source is made longer; else it is changed."""
