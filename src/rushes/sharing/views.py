"""Share links as their space sees them, and what a guest sees."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.platform.requests import RequestModel

DAYS, MOST_DAYS = 14, 365
MOST_TAKES = 500
LONGEST_NOTE = 2000
ShareKind = Literal["job", "takes", "film"]


class NewShare(RequestModel):
    """What a new link shows: one of a job, takes or a film."""

    job_id: UUID | None = Field(default=None, description="A job: its finished takes, also later ones.")
    video_ids: list[UUID] | None = Field(
        default=None, min_length=1, max_length=MOST_TAKES, description="These takes, in this order."
    )
    film_id: UUID | None = Field(default=None, description="A film of a story.")
    name: str | None = Field(
        default=None, max_length=400, description="What guests read above it. Left out: the job's name."
    )
    days: int = Field(default=DAYS, ge=1, le=MOST_DAYS, description="Days until it expires.")
    password: str | None = Field(
        default=None, max_length=256, description="What guests have to know besides: 6 to 256 characters."
    )
    download: bool = Field(default=True, description="Whether guests may save what they see.")
    feedback: bool = Field(default=False, description="Whether guests may give stars and notes.")


class ShareView(BaseModel):
    """A share link, without its secret."""

    share_id: UUID
    kind: ShareKind
    name: str
    job_id: UUID | None
    film_id: UUID | None
    video_ids: list[UUID] | None
    password: bool = Field(description="Whether it has one.")
    download: bool
    feedback: bool
    views: int = Field(description="How often it was opened.")
    downloads: int = Field(description="How often something was saved.")
    reviews: int = Field(description="How many stars and notes guests left.")
    created_by: str | None = Field(description="Who made it; null for the command line or a deleted account.")
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = Field(description="When it was last opened.")


class ShareCreated(ShareView):
    """A new link: the only answer that shows where it leads."""

    url: str = Field(description="The link. It is not shown again: only a hash of its secret is kept.")


class GuestReviewView(BaseModel):
    """What a guest said of a take."""

    video_id: UUID
    guest: str
    stars: int = Field(description="1 to 5; 0: none.")
    note: str
    created_at: datetime


class SharedTake(BaseModel):
    """A take, or a film, as a guest sees it."""

    id: UUID
    number: int = Field(description="Of the shot; 0 for a film.")
    take: int
    seconds: float | None
    url: str
    thumbnail_url: str | None


class SharedView(BaseModel):
    """What a link shows."""

    name: str
    kind: ShareKind
    locked: bool = Field(description="Whether its password has to be given first; then it shows nothing.")
    download: bool
    feedback: bool
    expires_at: datetime
    takes: list[SharedTake]


class UnlockBody(RequestModel):
    """The password of a link."""

    password: str = Field(max_length=256, description="The password.")


class ReviewBody(RequestModel):
    """What a guest says of a take."""

    guest: str = Field(max_length=400, description="The name they go by: 1 to 100 characters.")
    stars: int = Field(default=0, ge=0, le=5, description="0: none.")
    note: str = Field(default="", max_length=LONGEST_NOTE, description="In words.")
