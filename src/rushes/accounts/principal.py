"""Who asks: a session's or a token's secret becomes a person, a space, a role. One statement a request.

What the statement joins has to hold at this very request: the account is active, the person is a member
of the space, the session or token has neither ended nor been revoked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from rushes.accounts.roles import Need, SpaceRole, TokenScope, missing
from rushes.accounts.secret_values import LONGEST, digest, looks_like_token
from rushes.engine.runtime import Runtime
from rushes.platform.db.models import LOCAL_OWNER

IDLE_DAYS = 14
GRACE_SECONDS = 60
"""For which a replaced secret of a session still works: requests that were under way when it was replaced."""
SEEN_EVERY = timedelta(minutes=5)
"""How exact `seen_at` and `used_at` are: a write less for most requests."""
_HOLDS = f"s.expires_at > now() AND s.seen_at > now() - interval '{IDLE_DAYS} days' AND u.status = 'active'"
_PERSON = """
    u.id AS user_id, u.name, u.email, u.is_admin, m.space_id, m.role, now() AS now
"""
_IN_SPACE = """
    LEFT JOIN LATERAL (
        SELECT space_id, role FROM memberships WHERE user_id = u.id
        AND (CAST(:space AS uuid) IS NULL OR space_id = :space)
        ORDER BY space_id IS NOT DISTINCT FROM s.space_id DESC, space_id = u.id DESC, created_at, space_id
        LIMIT 1
    ) m ON true
"""
_BY_SESSION = text(
    f"SELECT {_PERSON}, s.id AS session_id, s.proved_at, s.seen_at AS seen, t.replaced_at,"  # noqa: S608  # only our own constants
    f" t.replaced_at < now() - interval '{GRACE_SECONDS} seconds' AS stolen"
    " FROM session_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id"
    f" {_IN_SPACE} WHERE t.hash = :hash AND {_HOLDS}"
)
_BY_TOKEN = text(
    f"SELECT {_PERSON}, k.id AS token_id, k.scopes, k.used_at AS seen"  # noqa: S608  # only our own constants
    " FROM api_tokens k JOIN users u ON u.id = k.user_id"
    " JOIN memberships m ON m.user_id = u.id AND m.space_id = k.space_id"
    " WHERE k.hash = :hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())"
    " AND u.status = 'active'"
)
_STILL_SESSION = text(
    "SELECT u.is_admin, m.role, CAST(NULL AS text[]) AS scopes"  # noqa: S608  # only our own constants
    " FROM sessions s JOIN users u ON u.id = s.user_id"
    f" LEFT JOIN memberships m ON m.user_id = u.id AND m.space_id = :space WHERE s.id = :id AND {_HOLDS}"
)
_STILL_TOKEN = text(
    "SELECT u.is_admin, m.role, k.scopes FROM api_tokens k JOIN users u ON u.id = k.user_id"
    " JOIN memberships m ON m.user_id = u.id AND m.space_id = k.space_id"
    " WHERE k.id = :id AND k.space_id = :space AND k.revoked_at IS NULL"
    " AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.status = 'active'"
)


@dataclass(frozen=True)
class Principal:
    """Who asks, for which space. `role` and `space_id` are None where they are a member of none that fits."""

    user_id: UUID
    name: str
    email: str | None
    is_admin: bool
    space_id: UUID | None
    role: SpaceRole | None
    scopes: frozenset[TokenScope] | None = None
    """Of a token; None: a person's session."""
    session_id: UUID | None = None
    token_id: UUID | None = None
    proved_at: datetime | None = None

    def missing(self, need: Need) -> str | None:
        """Return what they lack for a need, in words; None when they may."""
        return missing(need, role=self.role, is_admin=self.is_admin, scopes=self.scopes)

    @property
    def acting_admin(self) -> bool:
        """Whether they may act as an admin of the installation in this request."""
        return self.missing(Need.ADMIN) is None


LOCAL = Principal(LOCAL_OWNER, "local", None, is_admin=True, space_id=LOCAL_OWNER, role=SpaceRole.MANAGER)
"""Who asks where there are no accounts."""


async def of_session(run: Runtime, secret: str, space: UUID | None) -> Principal | None:
    """Return whose session it is; None when it holds no longer. `space`: the one that is asked about.

    A secret that was replaced more than a minute ago is in two hands: the session ends.
    """
    if not secret or len(secret) > LONGEST:
        return None
    async with run.db.statement() as session:
        row = (await session.execute(_BY_SESSION, {"hash": digest(secret), "space": space})).one_or_none()
        if row is None:
            return None
        if row.stolen:
            await session.execute(
                text(
                    "WITH ended AS (DELETE FROM sessions WHERE id = :id RETURNING user_id)"
                    " INSERT INTO audit (user_id, action, target)"
                    " SELECT user_id, 'session.stolen', CAST(:id AS text) FROM ended"
                ),
                {"id": row.session_id},
            )
            return None
        if row.now - row.seen > SEEN_EVERY:
            await session.execute(
                text("UPDATE sessions SET seen_at = now() WHERE id = :id"), {"id": row.session_id}
            )
    return _principal(row, session_id=row.session_id, proved_at=row.proved_at)


async def of_token(run: Runtime, token: str) -> Principal | None:
    """Return whose token it is; None when it is none, or holds no longer."""
    if not looks_like_token(token):
        return None
    async with run.db.statement() as session:
        row = (await session.execute(_BY_TOKEN, {"hash": digest(token)})).one_or_none()
        if row is None:
            return None
        if row.seen is None or row.now - row.seen > SEEN_EVERY:
            await session.execute(
                text("UPDATE api_tokens SET used_at = now() WHERE id = :id"), {"id": row.token_id}
            )
    scopes = frozenset(TokenScope(each) for each in row.scopes)
    return _principal(row, token_id=row.token_id, scopes=scopes)


async def still_may(run: Runtime, asked: Principal, need: Need) -> bool:
    """Return whether what a stream was opened with still holds: it may go on for hours."""
    by, identifier = (
        (_STILL_TOKEN, asked.token_id) if asked.token_id is not None else (_STILL_SESSION, asked.session_id)
    )
    if identifier is None:  # no accounts
        return True
    async with run.db.statement() as session:
        row = (await session.execute(by, {"id": identifier, "space": asked.space_id})).one_or_none()
    if row is None:
        return False
    scopes = None if row.scopes is None else frozenset(TokenScope(each) for each in row.scopes)
    role = None if row.role is None else SpaceRole(row.role)
    return missing(need, role=role, is_admin=row.is_admin, scopes=scopes) is None


def _principal(row: Row[Any], **more: Any) -> Principal:
    return Principal(
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        is_admin=row.is_admin,
        space_id=row.space_id,
        role=None if row.role is None else SpaceRole(row.role),
        **more,
    )
