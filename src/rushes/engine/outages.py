"""A provider that does not answer properly is given one shot at a time: a breaker per provider and key.

What counts is a create that was not answered, or with an error that leaves it open whether it was accepted.
After `MOST_FAILURES` in a row nothing new is sent there until a time; then one shot tries (the probe), and
each probe that fails doubles the wait. The others stay queued, with the reason. Any real answer ends it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import VIDEO_EVENT
from rushes.engine.states import VideoStatus
from rushes.errors import ErrorType
from rushes.platform.db.engine import Executor

MOST_FAILURES = 3
NOT_ANSWERED = (ErrorType.NETWORK, ErrorType.OUTAGE)
"""What says that a provider cannot be reached, or takes nothing now."""
LONGEST_SECONDS = 300.0
PROBE_SECONDS = 300.0
"""For so long a probe is waited for before another one may go: it may have died with its worker."""
NO_KEY = UUID(int=0)
"""Stands for the key of a provider that needs none."""

_OPENS = f"""(o.failures + 1 >= {MOST_FAILURES}
    AND (o.until IS NULL OR o.until <= now() OR o.probe = :submission))"""
_FAILED = text(
    f"""
    INSERT INTO provider_outages AS o (provider, credential_id, failures, rounds, error)
    VALUES (:provider, :credential, 1, 0, :error)
    ON CONFLICT (provider, credential_id) DO UPDATE SET
        failures = o.failures + 1, error = EXCLUDED.error,
        rounds = CASE WHEN {_OPENS} THEN o.rounds + 1 ELSE o.rounds END,
        probe = CASE WHEN {_OPENS} THEN NULL ELSE o.probe END,
        until = CASE WHEN {_OPENS} THEN now() + make_interval(
                    secs => LEAST(CAST(:first AS float) * 2 ^ LEAST(o.rounds, 16), {LONGEST_SECONDS}))
                ELSE o.until END
    """  # noqa: S608  # only our own constants are put in
)
_ENDED = text(
    "DELETE FROM provider_outages WHERE provider = :provider AND credential_id = :credential RETURNING 1"
)

OF_SUBMISSION = f"o.provider = s.provider AND o.credential_id = COALESCE(s.credential_id, '{NO_KEY}')"
"""Joins `provider_outages o` to `submissions s`."""
ALLOWED = f"""NOT EXISTS (
    SELECT 1 FROM provider_outages o WHERE {OF_SUBMISSION}
      AND o.until > now() AND o.probe IS DISTINCT FROM s.id)"""  # noqa: S608  # only our own constant is put in
"""Whether submission `s` may be sent as far as its provider's outage goes."""
PLACES = """(
    SELECT CASE WHEN o.until > now() THEN 0 ELSE 1 END FROM provider_outages o
    WHERE o.provider = :provider AND o.credential_id = {credential} AND o.until IS NOT NULL)"""
"""How many may be claimed with a credential in an outage; NULL when there is none."""
PROBE = f"""
    UPDATE provider_outages o SET probe = chosen.id, until = now() + make_interval(secs => {PROBE_SECONDS})
    FROM chosen
    WHERE o.provider = :provider AND o.credential_id = COALESCE(chosen.credential_id, '{NO_KEY}')
      AND o.until IS NOT NULL
"""  # noqa: S608  # only our own constants are put in
"""Makes the one of `chosen` that goes out in an outage its probe."""

_LEFT = text(
    f"""
    SELECT EXTRACT(EPOCH FROM o.until - now())::float FROM submissions s JOIN provider_outages o
    ON {OF_SUBMISSION} WHERE s.id = :id AND o.until > now() AND o.probe IS DISTINCT FROM s.id
    """  # noqa: S608  # only our own constant is put in
)

STUCK = f"""
    SELECT s.id AS owner_id, min(o.until) AS until,
           (array_agg(o.error ORDER BY o.until))[1] AS error
    FROM spaces s CROSS JOIN LATERAL (
        SELECT '{NO_KEY}'::uuid AS id WHERE NOT :keyed
        UNION ALL
        SELECT c.id FROM credentials c WHERE :keyed AND c.owner_id = s.id AND c.state = 'ready'
          AND c.serves @> ARRAY[:provider]
    ) key
    LEFT JOIN provider_outages o
      ON o.provider = :provider AND o.credential_id = key.id AND o.until IS NOT NULL
    GROUP BY s.id HAVING bool_and(o.provider IS NOT NULL)
"""  # noqa: S608  # only our own constants are put in
"""Owners none of whose keys gets an answer from the provider."""

_TELL = text(
    f"""
    WITH stuck AS ({STUCK}), changed AS (
        UPDATE videos SET error_type = '{ErrorType.OUTAGE}', error_message = {{message}}
        FROM stuck
        WHERE videos.owner_id = stuck.owner_id AND videos.provider = :provider
          AND videos.status = '{VideoStatus.QUEUED}' AND videos.deleted_at IS NULL
          AND videos.error_message IS DISTINCT FROM {{message}}
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """.format(  # noqa: S608  # only our own constants are put in
        message="(CAST(:title AS text) || ' does not answer properly: ' || stuck.error"
        " || ' One shot tries again at ' || to_char(stuck.until AT TIME ZONE 'UTC', 'HH24:MI:SS')"
        " || ' UTC; the others wait for it.')"
    )
)
_FORGET = text(
    f"""
    WITH stuck AS ({STUCK}), changed AS (
        UPDATE videos SET error_type = NULL, error_message = NULL
        WHERE provider = :provider AND status = '{VideoStatus.QUEUED}'
          AND error_type = '{ErrorType.OUTAGE}' AND owner_id NOT IN (SELECT owner_id FROM stuck)
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """  # noqa: S608  # only our own constants are put in
)


@dataclass(frozen=True)
class Outage:
    """A provider that does not answer properly. `until` is when one shot tries again; `error` is what was
    answered."""

    provider: str
    credential_id: UUID | None
    since: datetime
    until: datetime
    error: str


class OutageError(Exception):
    """Not to be sent now: its provider does not answer. Not one of the tree: it never leaves the engine."""


async def failed(
    session: Executor,
    provider: str,
    credential_id: UUID | None,
    submission_id: UUID,
    *,
    error: str,
    first_seconds: float,
) -> None:
    """Count a create that was not answered properly. `first_seconds` is the first wait; each doubles it."""
    given = {
        "provider": provider,
        "credential": credential_id or NO_KEY,
        "submission": submission_id,
        "error": error,
        "first": first_seconds,
    }
    await session.execute(_FAILED, given)


async def ended(session: Executor, provider: str, credential_id: UUID | None) -> bool:
    """Forget the failures of a provider that answers. True when there were any."""
    given = {"provider": provider, "credential": credential_id or NO_KEY}
    return (await session.execute(_ENDED, given)).first() is not None


async def seconds_left(session: Executor, submission_id: UUID) -> float | None:
    """Return for how long a submission may not be sent because of an outage; None when it may."""
    return (await session.execute(_LEFT, {"id": submission_id})).scalar()


async def tell(session: AsyncSession, *, provider: str, title: str, keyed: bool) -> None:
    """Write on every queued take why it does not start, or that it may again."""
    given = {"provider": provider, "keyed": keyed}
    await session.execute(_TELL, {**given, "title": title})
    await session.execute(_FORGET, given)


async def outages(session: Executor) -> list[Outage]:
    """Return the providers that do not answer now, for health and for who asks why nothing starts."""
    rows = await session.execute(
        text(
            "SELECT provider, credential_id, since, until, error FROM provider_outages"
            " WHERE until IS NOT NULL ORDER BY provider, credential_id"
        )
    )
    return [
        Outage(
            row.provider,
            None if row.credential_id == NO_KEY else row.credential_id,
            row.since,
            row.until,
            row.error,
        )
        for row in rows
    ]
