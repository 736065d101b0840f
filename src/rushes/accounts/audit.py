"""Who did what, for admins: sign-ins, refusals, members, tokens, keys. Addresses are kept 90 days."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue
from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.platform.db.engine import Executor

ADDRESS_DAYS = 90
_INSERT = text(
    "INSERT INTO audit (user_id, token_id, space_id, ip, action, target, detail)"
    " VALUES (:user, :token, :space, :ip, :action, :target, CAST(:detail AS jsonb))"
)

_FORGET_ADDRESSES = (
    "UPDATE audit SET ip = NULL"  # noqa: S608  # only our own constant
    f" WHERE ip IS NOT NULL AND at < now() - interval '{ADDRESS_DAYS} days'"
)
_FORGET_REFUSALS = (
    "DELETE FROM audit WHERE action IN ('refused', 'sign_in.failed', 'sign_in.refused')"  # noqa: S608  # only our own constant
    f" AND at < now() - interval '{ADDRESS_DAYS} days'"
)
"""What strangers can write as much of as they like is not kept for ever."""


@dataclass(frozen=True)
class Origin:
    """Where a request came from: the client's address (None: not from the network) and program."""

    ip: str | None = None
    agent: str | None = None


class AuditView(BaseModel):
    """One thing that was done, or refused."""

    id: int
    at: datetime
    user_id: UUID | None = Field(description="Who did it; null when nobody was signed in.")
    user: str | None = Field(description="Their address, while the account exists.")
    token_id: UUID | None = Field(description="The token it was done with, if it was one.")
    space_id: UUID | None
    ip: str | None = Field(description=f"From where; kept {ADDRESS_DAYS} days.")
    action: str
    target: str | None = Field(description="What it was done to.")
    detail: dict[str, JsonValue]


async def write_audit(
    session: Executor,
    action: str,
    *,
    user: UUID | None = None,
    token: UUID | None = None,
    space: UUID | None = None,
    ip: str | None = None,
    target: object = None,
    **detail: str | int | bool | None,
) -> None:
    """Write one line. Never give it a secret."""
    await session.execute(
        _INSERT,
        {
            "user": user,
            "token": token,
            "space": space,
            "ip": ip,
            "action": action,
            "target": None if target is None else str(target)[:200],
            "detail": json.dumps(detail),
        },
    )


async def read_audit(session: Executor, *, before: int | None, limit: int) -> list[AuditView]:
    """Return lines, the newest first, from before a line on."""
    rows = await session.execute(
        text(
            "SELECT a.*, u.email AS user FROM audit a LEFT JOIN users u ON u.id = a.user_id"
            " WHERE CAST(:before AS bigint) IS NULL OR a.id < :before ORDER BY a.id DESC LIMIT :limit"
        ),
        {"before": before, "limit": limit},
    )
    return [AuditView.model_validate(row, from_attributes=True) for row in rows]


async def tidy_up_accounts(run: Runtime) -> None:
    """Delete what has expired (sessions, links, counts of failures), and addresses that are too old."""
    async with run.db.begin() as session:
        for statement in (
            "DELETE FROM sessions WHERE expires_at < now() OR seen_at < now() - interval '30 days'",
            "DELETE FROM one_time WHERE expires_at < now() - interval '7 days'",
            "DELETE FROM rate_limits WHERE expires_at < now()",
            _FORGET_ADDRESSES,
            _FORGET_REFUSALS,
        ):
            await session.execute(text(statement))
