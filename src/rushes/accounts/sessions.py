"""Sessions: begun at a sign-in, refreshed by rotation, listed, ended. The secret is in a cookie alone."""

from datetime import datetime
from uuid import UUID, uuid4

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.accounts.audit import Origin, write_audit
from rushes.accounts.principal import GRACE_SECONDS, IDLE_DAYS, Principal
from rushes.accounts.secret_values import LONGEST, digest, new_salt, new_secret, successor
from rushes.engine.runtime import Runtime
from rushes.errors import NotFound, SignInNeeded
from rushes.platform.db.engine import Executor

ABSOLUTE_DAYS = 90
MOST_SESSIONS = 100
"""Of one user: of more, those that were not seen for longest end."""
_ADD_SECRET = text("INSERT INTO session_tokens (hash, session_id) VALUES (:hash, :id) ON CONFLICT DO NOTHING")


class SessionView(BaseModel):
    """One sign-in."""

    id: UUID
    current: bool = Field(description="Whether it is the one that asks.")
    method: str
    created_at: datetime
    seen_at: datetime = Field(description="When it was last used, to five minutes.")
    expires_at: datetime
    ip: str | None
    agent: str | None = Field(description="The browser, as it names itself.")


async def begin_session(session: Executor, user: UUID, origin: Origin, method: str = "password") -> str:
    """Write a new session, as part of a transaction. Returns its secret."""
    secret, session_id = new_secret(), uuid4()
    await session.execute(
        text(
            "INSERT INTO sessions (id, user_id, method, expires_at, proved_at, ip, agent) VALUES"  # noqa: S608  # only our own constants
            f" (:id, :user, :method, now() + interval '{ABSOLUTE_DAYS} days', now(), :ip, :agent)"
        ),
        {
            "id": session_id,
            "user": user,
            "method": method,
            "ip": origin.ip,
            "agent": origin.agent and origin.agent[:300],
        },
    )
    await session.execute(_ADD_SECRET, {"hash": digest(secret), "id": session_id})
    await session.execute(
        text(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = :user"  # noqa: S608  # only our own constants
            f" ORDER BY seen_at DESC OFFSET {MOST_SESSIONS})"
        ),
        {"user": user},
    )
    return secret


async def refresh_session(run: Runtime, secret: str) -> str:
    """Replace a session's secret and return the next one, the same for all who ask at once.

    A secret that was replaced more than a minute ago is a stolen one: the whole session ends. Raises
    `SignInNeeded` where there is no session (any more).
    """
    gone = SignInNeeded("This session has ended.", hint="Sign in again.")
    if not secret or len(secret) > LONGEST:
        raise gone
    async with run.db.begin() as session:
        row = (
            await session.execute(
                text(
                    "SELECT s.id, s.user_id, t.salt, t.replaced_at,"  # noqa: S608  # only our own constants
                    f" t.replaced_at < now() - interval '{GRACE_SECONDS} seconds' AS stolen"
                    " FROM session_tokens t JOIN sessions s ON s.id = t.session_id"
                    " JOIN users u ON u.id = s.user_id WHERE t.hash = :hash AND u.status = 'active'"
                    f" AND s.expires_at > now() AND s.seen_at > now() - interval '{IDLE_DAYS} days'"
                    " FOR UPDATE OF t, s"
                ),
                {"hash": digest(secret)},
            )
        ).one_or_none()
        if row is not None and not row.stolen:
            salt = bytes(row.salt) if row.salt is not None else new_salt()
            following = successor(secret, salt)
            await session.execute(
                text(
                    "UPDATE session_tokens SET salt = :salt, replaced_at = now()"
                    " WHERE hash = :hash AND replaced_at IS NULL"
                ),
                {"salt": salt, "hash": digest(secret)},
            )
            await session.execute(_ADD_SECRET, {"hash": digest(following), "id": row.id})
            await session.execute(text("UPDATE sessions SET seen_at = now() WHERE id = :id"), {"id": row.id})
            return following
        if row is not None:
            await session.execute(text("DELETE FROM sessions WHERE id = :id"), {"id": row.id})
            await write_audit(session, "session.stolen", user=row.user_id, target=row.id)
    raise gone


async def list_sessions(run: Runtime, asked: Principal) -> list[SessionView]:
    """Return the sessions of who asks, the last used first."""
    async with run.db.statement() as session:
        rows = await session.execute(
            text(
                "SELECT id, id = CAST(:current AS uuid) AS current, method, created_at, seen_at,"  # noqa: S608  # only our own constants
                " expires_at, ip, agent"
                " FROM sessions WHERE user_id = :user AND expires_at > now()"
                f" AND seen_at > now() - interval '{IDLE_DAYS} days' ORDER BY seen_at DESC, id"
            ),
            {"user": asked.user_id, "current": asked.session_id},
        )
        return [SessionView.model_validate(row, from_attributes=True) for row in rows]


async def end_session(run: Runtime, asked: Principal, session_id: UUID) -> None:
    """End one of one's own sessions. Raises `NotFound`, also for somebody else's."""
    async with run.db.begin() as session:
        ended = await session.scalar(
            text("DELETE FROM sessions WHERE id = :id AND user_id = :user RETURNING id"),
            {"id": session_id, "user": asked.user_id},
        )
        if ended is None:
            raise NotFound("There is no such session.")
        await write_audit(session, "session.ended", user=asked.user_id, target=session_id)


async def choose_space(run: Runtime, asked: Principal, space: UUID) -> None:
    """Have a session ask about a space whenever it names none. Raises `NotFound` for a space of others."""
    async with run.db.begin() as session:
        chosen = await session.scalar(
            text(
                "UPDATE sessions s SET space_id = m.space_id FROM memberships m WHERE s.id = :id"
                " AND m.user_id = s.user_id AND m.space_id = :space RETURNING m.space_id"
            ),
            {"id": asked.session_id, "space": space},
        )
    if chosen is None:
        raise NotFound("There is no such space.")


async def end_sessions(session: Executor, user: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of a user but one, as part of a transaction."""
    await session.execute(
        text("DELETE FROM sessions WHERE user_id = :user AND id IS DISTINCT FROM CAST(:but AS uuid)"),
        {"user": user, "but": but},
    )


async def end_by_secret(run: Runtime, secret: str) -> None:
    """End the session of a secret, whoever's it is; nothing happens for one that is none."""
    async with run.db.begin() as session:
        row = (
            await session.execute(
                text(
                    "DELETE FROM sessions WHERE id IN"
                    " (SELECT session_id FROM session_tokens WHERE hash = :hash) RETURNING id, user_id"
                ),
                {"hash": digest(secret)},
            )
        ).one_or_none()
        if row is not None:
            await write_audit(session, "session.ended", user=row.user_id, target=row.id)
