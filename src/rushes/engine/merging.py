"""Two rows of credentials that are one key: what stays has all that was paid with either."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

_UNCHANGED = text(
    "SELECT count(*) FROM (SELECT 1 FROM credentials WHERE state <> 'deleted'"
    " AND (id, secret, state) IN ((:stays, :stays_secret, :stays_state), (:goes, :goes_secret, :goes_state))"
    " ORDER BY id FOR UPDATE) locked"
)
_STAYS = text(
    """
    UPDATE credentials SET fields = :fields, serves = :serves, refused = :refused,
           last_used_at = GREATEST(credentials.last_used_at, other.last_used_at),
           last_limited_at = GREATEST(credentials.last_limited_at, other.last_limited_at),
           spaced_until = GREATEST(credentials.spaced_until, other.spaced_until),
           resting_for = CASE WHEN credentials.resting_until >= other.resting_until
               OR other.resting_until IS NULL THEN credentials.resting_for ELSE other.resting_for END,
           resting_until = GREATEST(credentials.resting_until, other.resting_until)
    FROM credentials other WHERE credentials.id = :stays AND other.id = :goes
    RETURNING credentials.*
    """
)


@dataclass(frozen=True)
class Merged:
    """What the key that stays has then."""

    fields: dict[str, str]
    serves: list[str]
    refused: dict[str, str]


async def merge(session: AsyncSession, stays: Row[Any], goes: Row[Any], change: Merged) -> Row[Any] | None:
    """Make one key of two: what was paid, and what can only go on, with the other names the one that stays.

    None: one of them is not as it was seen; nothing has changed.
    """
    both = {"stays": stays.id, "goes": goes.id}
    seen = {
        **both,
        "stays_secret": stays.secret,
        "stays_state": stays.state,
        "goes_secret": goes.secret,
        "goes_state": goes.state,
    }
    if (await session.execute(_UNCHANGED, seen)).scalar_one() != len(both):
        return None
    row = (
        await session.execute(
            _STAYS.bindparams(bindparam("fields", type_=JSONB), bindparam("refused", type_=JSONB)),
            {**both, "fields": change.fields, "serves": change.serves, "refused": change.refused},
        )
    ).one()
    for table in ("submissions", "shot_inputs"):
        await session.execute(
            text(f"UPDATE {table} SET credential_id = :stays WHERE credential_id = :goes"),  # noqa: S608  # ours
            both,
        )
    await session.execute(
        text(
            "UPDATE credential_rests SET credential_id = :stays WHERE credential_id = :goes AND NOT EXISTS ("
            " SELECT 1 FROM credential_rests mine WHERE mine.credential_id = :stays"
            " AND (mine.provider, mine.model) = (credential_rests.provider, credential_rests.model))"
        ),
        both,
    )
    await session.execute(
        text(
            "UPDATE credentials SET state = 'deleted', state_reason = NULL, secret = '', fields = '{}'"
            " WHERE id = :goes"
        ),
        both,
    )
    return row


async def extend(session: AsyncSession, key: Row[Any], providers: list[str]) -> bool:
    """Let a key serve providers more. False: it is not as it was seen; nothing has changed."""
    done = await session.execute(
        text(
            "UPDATE credentials SET serves = serves || CAST(:new AS text[])"
            " WHERE id = :id AND secret = :secret AND state <> 'deleted' AND serves = :before RETURNING id"
        ),
        {"id": key.id, "secret": key.secret, "new": providers, "before": list(key.serves)},
    )
    return done.scalar() is not None
