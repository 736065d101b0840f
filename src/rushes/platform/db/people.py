"""The tables of people: spaces and their members, sessions, tokens, invites, what was done by whom.

A space owns jobs, keys and money (`owner_id` everywhere); people are members of spaces. Every user has a
personal space with the same id, made by a trigger. Only hashes of sessions, tokens and links are kept.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base


class MembershipRow(Base):
    """A user in a space, as viewer, editor or manager."""

    __tablename__ = "memberships"
    __table_args__ = (Index("memberships_by_user", "user_id"),)

    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SessionRow(Base):
    """One sign-in of a user. Of its secrets (`session_tokens`) one is current; older ones betray a theft."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_by_user", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    method: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    """When the password was last given in this session."""
    space_id: Mapped[UUID | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"))
    """The space that its requests ask about when they name none; None: the personal one."""
    ip: Mapped[str | None]
    agent: Mapped[str | None]


class SessionTokenRow(Base):
    """SHA-256 of a session's secret, and the salt from which its successor is derived once it is replaced."""

    __tablename__ = "session_tokens"
    __table_args__ = (Index("session_tokens_by_session", "session_id"),)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    replaced_at: Mapped[datetime | None]


class ApiTokenRow(Base):
    """A token of a program, bound to one space; SHA-256 of it."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("api_tokens_by_user", "user_id"), Index("api_tokens_by_space", "space_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    prefix: Mapped[str]
    """The first characters, by which a person finds it again."""
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OneTimeRow(Base):
    """A secret that works once: an invite, a link for a new password, the code of the first set-up."""

    __tablename__ = "one_time"
    __table_args__ = (Index("one_time_by_space", "space_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose password a `reset` sets."""
    email: Mapped[str | None]
    """The only address that an invite is for; None: whoever has the link."""
    space_id: Mapped[UUID | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    role: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """None: the command line. It ends with who made it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class RateLimitRow(Base):
    """Failed sign-ins of a network, or of an account from a network. Not logged: a crash may forget them."""

    __tablename__ = "rate_limits"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012  # SQLAlchemy reads it as a plain attribute

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    until: Mapped[datetime | None]
    """No attempt before then."""
    expires_at: Mapped[datetime]


class AuditRow(Base):
    """Who did what. No foreign keys: it outlives the people it tells of."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_by_space", "space_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    user_id: Mapped[UUID | None]
    token_id: Mapped[UUID | None]
    space_id: Mapped[UUID | None]
    ip: Mapped[str | None]
    action: Mapped[str]
    target: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
