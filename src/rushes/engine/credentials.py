"""Credentials as rows: found, kept, rested and set aside. Secrets go in and out sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.credential_views import MOST_CONCURRENCY, CredentialView
from rushes.engine.events import event_insert
from rushes.engine.states import ACTIVE_SUBMISSIONS, CredentialState, sql_list
from rushes.engine.submission_costs import LEDGER
from rushes.errors import ErrorType, NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.db.paying import CredentialRow

WITH_USE = f"""
    SELECT c.*, c.serves AS providers, COALESCE(u.submissions, 0) AS submissions, COALESCE(u.cost, 0) AS cost,
           COALESCE(u.in_flight, 0) AS in_flight, COALESCE((
               SELECT jsonb_agg(jsonb_build_object('provider', provider, 'model', model, 'until', until,
                      'error_type', error_type) ORDER BY until DESC)
               FROM credential_rests WHERE credential_id = c.id AND until > now()), '[]') AS resting_models
    FROM credentials c LEFT JOIN (
        SELECT credential_id, count(*) AS submissions, sum(settled) AS cost,
               count(*) FILTER (WHERE state IN {sql_list(ACTIVE_SUBMISSIONS)}) AS in_flight
        FROM {LEDGER} s WHERE owner_id = :owner AND credential_id IS NOT NULL
          AND counted GROUP BY credential_id
    ) u ON u.credential_id = c.id
    WHERE c.owner_id = :owner AND c.state <> 'deleted'
"""  # noqa: S608  # only our own constants are put in


CREDENTIAL_EVENT = event_insert(
    "credential",
    job_id="CAST(:job_id AS uuid)",
    returning="id",
    strip_nulls=False,
    credential_id="id",
    name="name",
    provider="provider",
    kind="kind",
    status="state",
    reason="state_reason",
)


@dataclass(frozen=True)
class Sealed:
    """What a call needs of a credential, still sealed, and whether a new call may be made with it."""

    id: UUID
    name: str
    secret: str
    fields: Mapping[str, str]
    state: CredentialState
    resting_seconds: float
    model_resting_seconds: float


async def sealed(
    session: Executor, credential_id: UUID, provider: str = "", model: str = ""
) -> Sealed | None:
    """A credential for a call of its own submission, whatever its state; None when it was deleted."""
    row = (
        await session.execute(
            text(
                "SELECT id, name, secret, fields, state,"
                " GREATEST(extract(epoch FROM resting_until - now()), 0)::float AS resting,"
                " (SELECT GREATEST(extract(epoch FROM until - now()), 0)::float FROM credential_rests"
                "  WHERE credential_id = :id AND provider = :provider AND model = :model) AS model_resting"
                " FROM credentials WHERE id = :id AND state <> 'deleted'"
            ),
            {"id": credential_id, "provider": provider, "model": model},
        )
    ).one_or_none()
    if row is None:
        return None
    return Sealed(
        row.id,
        row.name,
        row.secret,
        row.fields,
        CredentialState(row.state),
        row.resting or 0.0,
        row.model_resting or 0.0,
    )


async def sealed_of_service(session: Executor, owner: UUID, service: str) -> list[Row[Any]]:
    """An owner's keys of a service, the oldest first, with their secrets, still sealed."""
    rows = await session.execute(
        text(
            "SELECT * FROM credentials WHERE owner_id = :owner AND service = :service AND kind = 'key'"
            " AND state <> 'deleted' ORDER BY created_at, id"
        ),
        {"owner": owner, "service": service},
    )
    return list(rows.all())


async def live_keys(session: Executor) -> list[Row[Any]]:
    """All keys of everybody, by owner and service, the oldest first, their secrets still sealed."""
    rows = await session.execute(
        text(
            "SELECT * FROM credentials WHERE kind = 'key' AND state <> 'deleted'"
            " ORDER BY owner_id, service, created_at, id"
        )
    )
    return list(rows.all())


_REST = text(
    f"""
    WITH changed AS (
        UPDATE credentials SET last_limited_at = now(), resting_for = :why,
               resting_until = GREATEST(resting_until, now() + make_interval(secs => :seconds))
        WHERE id = :id AND state <> 'deleted' RETURNING *
    ) {CREDENTIAL_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


async def rest(session: Executor, credential_id: UUID, seconds: float, why: ErrorType) -> None:
    """Nothing new is submitted with it for so long; a longer rest that is on stays. With an event."""
    given = {"id": credential_id, "seconds": seconds, "why": str(why), "job_id": None}
    await session.execute(_REST, given)


_SET_ASIDE = text(
    f"""
    WITH changed AS (
        UPDATE credentials SET
            serves = CASE WHEN cardinality(serves) > 1 THEN array_remove(serves, :provider) ELSE serves END,
            refused = CASE WHEN cardinality(serves) > 1
                THEN refused || jsonb_build_object(CAST(:provider AS text), CAST(:reason AS text))
                ELSE refused END,
            state = CASE WHEN cardinality(serves) > 1 THEN state ELSE :state END,
            state_reason = CASE WHEN cardinality(serves) > 1 THEN state_reason ELSE :reason END
        WHERE id = :id AND state = 'ready' AND serves @> ARRAY[:provider] RETURNING *
    ) {CREDENTIAL_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


async def set_aside(
    session: Executor,
    credential_id: UUID,
    provider: str,
    state: CredentialState,
    reason: str,
    job_id: UUID | None = None,
) -> bool:
    """Use a credential no more for a provider that does not take it, until its owner has acted.

    While it serves other providers it stays ready for those; else ready → invalid, needs_auth or
    needs_person. With an event (of the job that found out, if one did). False: it was not used for it.
    """
    row = await session.execute(
        _SET_ASIDE,
        {
            "id": credential_id,
            "provider": provider,
            "state": str(state),
            "reason": reason,
            "job_id": job_id,
        },
    )
    return row.scalar() is not None


async def tell(session: Executor, credential_id: UUID) -> None:
    """An event that says in what state it is now."""
    await session.execute(
        text(f"WITH changed AS (SELECT * FROM credentials WHERE id = :id) {CREDENTIAL_EVENT}"),  # noqa: S608  # ours
        {"id": credential_id, "job_id": None},
    )


async def list_credentials(session: Executor, owner: UUID) -> list[CredentialView]:
    """An owner's credentials with their use, by service and name."""
    rows = await session.execute(text(f"{WITH_USE} ORDER BY c.service, lower(c.name)"), {"owner": owner})
    return [_view(row) for row in rows]


async def get_credential(session: Executor, owner: UUID, credential_id: UUID) -> CredentialView:
    """One of an owner's credentials. Raises `NotFound`, also for somebody else's."""
    row = (
        await session.execute(text(f"{WITH_USE} AND c.id = :id"), {"owner": owner, "id": credential_id})
    ).one_or_none()
    if row is None:
        raise no_credential(credential_id)
    return _view(row)


def _view(row: Row[Any]) -> CredentialView:
    """A row as it is shown: it rests until the last of its rests is over, be it one of a model alone."""
    view = CredentialView.model_validate(row, from_attributes=True)
    last = view.resting_models[0] if view.resting_models else None
    if last is not None and (view.resting_until is None or view.resting_until < last.until):
        view = view.model_copy(update={"resting_until": last.until, "resting_for": last.error_type})
    return view


async def locked_credential(session: AsyncSession, owner: UUID, credential_id: UUID) -> CredentialRow:
    """The row, locked until the transaction ends. Raises `NotFound`, also for somebody else's."""
    row = await session.scalar(
        select(CredentialRow)
        .where(
            CredentialRow.id == credential_id,
            CredentialRow.owner_id == owner,
            CredentialRow.state != CredentialState.DELETED,
        )
        .with_for_update()
    )
    if row is None:
        raise no_credential(credential_id)
    return row


def no_credential(credential_id: UUID) -> NotFound:
    """The error for a key or account that is not there."""
    return NotFound(f"There is no key {credential_id}.", hint="`rushes keys list` (GET /api/keys): yours.")


async def usable(session: Executor, owner: UUID) -> dict[str, int]:
    """Provider to the number of credentials that are ready; those that rest count too: they come back."""
    rows = await session.execute(
        text(
            "SELECT provider, count(*) AS n FROM (SELECT unnest(serves) AS provider FROM credentials"
            " WHERE owner_id = :owner AND state = 'ready') each GROUP BY provider"
        ),
        {"owner": owner},
    )
    return {row.provider: row.n for row in rows}


async def places(session: Executor, owner: UUID, provider: str, usual: int) -> int:
    """Submissions that may be in flight over all ready keys; `usual` is for a key that says nothing."""
    row = await session.execute(
        text(
            f"SELECT COALESCE(sum(LEAST(COALESCE(concurrency, :usual), {MOST_CONCURRENCY})), 0)::int"  # noqa: S608  # a number of ours
            " FROM credentials"
            " WHERE owner_id = :owner AND serves @> ARRAY[:provider] AND state = 'ready'"
        ),
        {"owner": owner, "provider": provider, "usual": usual},
    )
    return row.scalar_one()


async def available(session: Executor, kind: str) -> int:
    """How many of a kind can be used now, over all owners."""
    row = await session.execute(
        text(
            "SELECT count(*) FROM credentials WHERE kind = :kind AND state = 'ready'"
            " AND (resting_until IS NULL OR resting_until <= now())"
        ),
        {"kind": kind},
    )
    return int(row.scalar_one())


async def in_use(session: Executor, credential_id: UUID) -> int:
    """Submissions that still need it: in the making, or waiting for the word whether they were made."""
    row = await session.execute(
        text(
            "SELECT count(*) FROM submissions s WHERE credential_id = :id"  # noqa: S608  # only our own constants are put in
            f" AND (state IN {sql_list(ACTIVE_SUBMISSIONS)} OR state = 'uncertain' AND ("
            " subject_kind <> 'takes' OR EXISTS ("
            " SELECT 1 FROM videos v WHERE v.submission_id = s.id AND v.status = 'waiting')))"
        ),
        {"id": credential_id},
    )
    return int(row.scalar_one())


async def every_secret(session: AsyncSession) -> dict[UUID, str]:
    """All sealed secrets, locked: for sealing them anew."""
    rows: Any = await session.execute(
        text("SELECT id, secret FROM credentials WHERE secret <> '' ORDER BY id FOR UPDATE")
    )
    return {row.id: row.secret for row in rows}
