"""Examples of people, spaces and tokens for the description of the API."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rushes.accounts.audit import AuditView
from rushes.accounts.roles import SpaceRole, TokenScope
from rushes.accounts.sessions import SessionView
from rushes.accounts.tokens import ApiTokenCreated, ApiTokenView
from rushes.accounts.views import (
    InviteOffer,
    InviteView,
    LinkCreated,
    Me,
    MemberView,
    SpaceView,
    UserStatus,
    UserView,
)
from rushes.sharing.views import GuestReviewView, ShareCreated, SharedTake, SharedView, ShareView

USER_ID = UUID("6f4a2a52-6a0e-4d0b-8f5c-0b8a3c8f0a11")
SPACE_ID = UUID("b1c5d5c8-5a0f-4b5e-9c55-2f3d5c7e1a22")
ITEM_ID = UUID("0d9f2f6e-1f43-4d3a-8c2b-7e6a5d4c3b33")
AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
LATER = datetime(2027, 2, 28, 9, 30, tzinfo=UTC)
PASSWORD = "four words make it"  # noqa: S105  # an example
OLD_PASSWORD = "what it was before"  # noqa: S105  # an example
SECRET = "kq3vX0b8J1mFh2n7c5wRzT9yLd4sUe6aGiPoNjQxVtE"  # noqa: S105  # an example
SPACE = SpaceView(id=SPACE_ID, name="Winter film", kind="shared", role=SpaceRole.MANAGER, members=3)
ME = Me(
    accounts=True,
    user_id=USER_ID,
    name="Ada",
    email="ada@example.org",
    is_admin=False,
    space_id=SPACE_ID,
    role=SpaceRole.MANAGER,
    scopes=None,
    spaces=[SPACE],
)
MEMBER = MemberView(user_id=USER_ID, name="Ada", email="ada@example.org", role=SpaceRole.MANAGER)
USER = UserView(
    id=USER_ID,
    name="Ada",
    email="ada@example.org",
    status=UserStatus.ACTIVE,
    is_admin=False,
    created_at=AT,
    last_login_at=AT,
)
SESSION = SessionView(
    id=ITEM_ID,
    current=True,
    method="password",
    created_at=AT,
    seen_at=AT,
    expires_at=LATER,
    ip="192.0.2.7",
    agent="Mozilla/5.0",
)
TOKEN = ApiTokenView(
    id=ITEM_ID,
    name="render farm",
    prefix="rsh_4Tq0",
    space_id=SPACE_ID,
    scopes=[TokenScope.READ, TokenScope.RUN],
    created_at=AT,
    expires_at=LATER,
    used_at=None,
)
NEW_TOKEN = ApiTokenCreated(**TOKEN.model_dump(), token="rsh_4Tq0…")  # noqa: S106  # an example
LINK = LinkCreated(
    id=ITEM_ID, secret=SECRET, url=f"https://studio.example.org/invite#{SECRET}", expires_at=LATER
)
INVITE = InviteView(
    id=ITEM_ID,
    email="bob@example.org",
    space_id=SPACE_ID,
    role=SpaceRole.EDITOR,
    created_at=AT,
    expires_at=LATER,
)
OFFER = InviteOffer(email="bob@example.org", space="Winter film", role=SpaceRole.EDITOR)
AUDIT = AuditView(
    id=42,
    at=AT,
    user_id=USER_ID,
    user="ada@example.org",
    token_id=None,
    space_id=None,
    ip="192.0.2.7",
    action="sign_in",
    target=None,
    detail={},
)
SHARE = ShareView(
    share_id=ITEM_ID,
    kind="job",
    name="Winter lookbook",
    job_id=ITEM_ID,
    film_id=None,
    video_ids=None,
    password=True,
    download=True,
    feedback=True,
    views=7,
    downloads=2,
    reviews=1,
    created_by="ada@example.org",
    created_at=AT,
    expires_at=LATER,
    seen_at=AT,
)
NEW_SHARE = ShareCreated(**SHARE.model_dump(), url=f"https://studio.example.org/s/{SECRET}")
GUEST_REVIEW = GuestReviewView(
    video_id=ITEM_ID, guest="Grace", stars=4, note="The second half.", created_at=AT
)
SHARED = SharedView(
    name="Winter lookbook",
    kind="job",
    locked=False,
    download=True,
    feedback=True,
    expires_at=LATER,
    takes=[
        SharedTake(
            id=ITEM_ID,
            number=1,
            take=1,
            seconds=4.0,
            url=f"/api/shared/{SECRET}/{ITEM_ID}/content",
            thumbnail_url=f"/api/shared/{SECRET}/{ITEM_ID}/thumbnail",
        )
    ],
)


def body(**fields: object) -> dict[str, Any]:
    """Return the example of a request's body."""
    return {"example": {"value": fields}}
