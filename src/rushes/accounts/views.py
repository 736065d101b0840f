"""People and spaces as the API tells of them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from rushes.accounts.roles import SpaceRole, TokenScope


class UserStatus(StrEnum):
    """Whether somebody may sign in. `local`: the user of an installation before it had accounts."""

    ACTIVE = "active"
    PENDING = "pending"
    DISABLED = "disabled"
    LOCAL = "local"


class UserView(BaseModel):
    """A person, as admins see them."""

    id: UUID
    name: str
    email: str | None
    status: UserStatus
    is_admin: bool = Field(description="Whether they look after the installation and its people.")
    created_at: datetime
    last_login_at: datetime | None


class SpaceView(BaseModel):
    """A space, and what who asks may do in it."""

    id: UUID
    name: str
    kind: str = Field(description="`personal` or `shared`.")
    role: SpaceRole
    members: int


class MemberView(BaseModel):
    """A member of a space."""

    user_id: UUID
    name: str
    email: str | None
    role: SpaceRole


class InviteView(BaseModel):
    """An open invitation."""

    id: UUID
    email: str | None = Field(description="The only address it is for; null: whoever has the link.")
    space_id: UUID | None = Field(description="The space it leads into; null: the installation alone.")
    role: SpaceRole | None
    created_at: datetime
    expires_at: datetime


class LinkCreated(BaseModel):
    """A link that works once: the only answer that shows it."""

    id: UUID
    secret: str = Field(description="What the link ends in. It is not shown again.")
    url: str = Field(description="The link. Behind `#`, so that no log has its secret.")
    expires_at: datetime


class InviteOffer(BaseModel):
    """What an invitation is for."""

    email: str | None
    space: str | None = Field(description="The name of the space.")
    role: SpaceRole | None


class Me(BaseModel):
    """Who asks, and what they may do in the space that they ask about."""

    accounts: bool = Field(description="Whether there are accounts. If not, whoever asks may do everything.")
    user_id: UUID
    name: str
    email: str | None
    is_admin: bool
    space_id: UUID | None = Field(
        description="The space: of the token, the header `Rushes-Space`, or one's own."
    )
    role: SpaceRole | None
    scopes: list[TokenScope] | None = Field(description="Of the token that asks; null: no token.")
    spaces: list[SpaceView] = Field(description="All spaces that one is a member of.")
