"""Flow accounts as rows: shown, held by one process at a time, their state kept; Flow's queue in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from rushes.engine.credentials import WITH_USE
from rushes.engine.flow_views import FLOW, FlowQueue, FlowSignInView
from rushes.engine.states import ACTIVE_JOBS, STALLED_VIDEOS, CredentialState, sql_list
from rushes.errors import NotFound
from rushes.platform.db.engine import Executor

_ACCOUNTS = f"""
    SELECT a.*, extract(epoch FROM now() - a.renewed_at)::float AS age, now() AS looked_at,
           CASE WHEN a.held_until > now() THEN a.held_by END AS in_use_by,
           EXISTS (SELECT 1 FROM procrastinate_jobs t
                   WHERE t.lock = 'account:' || a.id AND t.status IN ('todo', 'doing')) AS checking
    FROM ({WITH_USE} AND c.kind = 'flow_account') a
"""  # noqa: S608  # only our own constant is put in
NEEDS_ITS_OWNER = (CredentialState.INVALID, CredentialState.NEEDS_AUTH, CredentialState.NEEDS_PERSON)


async def list_accounts(session: Executor, owner: UUID, old_seconds: float) -> list[FlowSignInView]:
    """An owner's accounts, by name. `old_seconds`: a state of that age is old."""
    rows = await session.execute(text(f"{_ACCOUNTS} ORDER BY lower(a.name)"), {"owner": owner})
    return [_view(row, old_seconds) for row in rows]


async def get_account(session: Executor, owner: UUID, account_id: UUID, old_seconds: float) -> FlowSignInView:
    """One account. Raises `NotFound`, also for somebody else's."""
    row = (
        await session.execute(text(f"{_ACCOUNTS} WHERE a.id = :id"), {"owner": owner, "id": account_id})
    ).one_or_none()
    if row is None:
        raise no_account(account_id)
    return _view(row, old_seconds)


def no_account(given: object) -> NotFound:
    """The error for an account that is not there."""
    return NotFound(
        f"There is no Flow account {given}.",
        hint="`rushes flow sign-ins` (GET /api/flow/sign-ins) lists yours; `rushes flow login` adds one.",
    )


def _view(row: Row[Any], old_seconds: float) -> FlowSignInView:
    resting = row.resting_until is not None and row.resting_until > row.looked_at
    return FlowSignInView(
        id=row.id,
        name=row.name,
        email=row.fields.get("email"),
        origin=row.origin,
        state=CredentialState(row.state),
        state_reason=row.state_reason,
        needs_you=row.state in NEEDS_ITS_OWNER,
        signed_in_at=row.signed_in_at,
        renewed_at=row.renewed_at,
        age_seconds=row.age,
        old=row.age is not None and row.age > old_seconds,
        last_checked_at=row.last_checked_at,
        last_used_at=row.last_used_at,
        last_limited_at=row.last_limited_at,
        checking=row.checking,
        in_use_by=row.in_use_by,
        resting_until=row.resting_until if resting else None,
        resting_for=row.resting_for if resting else None,
        concurrency=row.concurrency,
        spacing_seconds=row.spacing_seconds,
        credits_left=row.credits_left,
        submissions=row.submissions,
        in_flight=row.in_flight,
        created_at=row.created_at,
    )


async def take_lease(session: Executor, account_id: UUID, holder: str, seconds: float) -> float | None:
    """Make this process the one that has the account open. None: it is; else seconds until it is free."""
    row = await session.execute(
        text(
            "UPDATE credentials SET held_by = :holder, held_until = now() + make_interval(secs => :seconds)"
            " WHERE id = :id AND (held_by IS NULL OR held_by = :holder OR held_until <= now()) RETURNING id"
        ),
        {"id": account_id, "holder": holder, "seconds": seconds},
    )
    if row.scalar() is not None:
        return None
    left = await session.execute(
        text("SELECT extract(epoch FROM held_until - now())::float FROM credentials WHERE id = :id"),
        {"id": account_id},
    )
    return max(0.0, left.scalar() or 0.0)


async def give_lease_back(session: Executor, account_id: UUID, holder: str) -> None:
    """Let others have the account."""
    await session.execute(
        text("UPDATE credentials SET held_by = NULL, held_until = NULL WHERE id = :id AND held_by = :holder"),
        {"id": account_id, "holder": holder},
    )


async def forget_leases(session: Executor) -> None:
    """Nobody else can be alive, so nobody holds anything."""
    await session.execute(
        text("UPDATE credentials SET held_by = NULL, held_until = NULL WHERE held_by IS NOT NULL")
    )


async def keep_state(
    session: Executor, account_id: UUID, *, before: str, sealed: str, credits_left: int | None
) -> bool:
    """Put the state that use has changed in the place of the one it came from (`before`, as it is sealed).

    `credits_left` as the page told it; None leaves what was told before.

    False: its owner has signed in anew meanwhile, or it is not ready any more; what is there stays.
    """
    row = await session.execute(
        text(
            "UPDATE credentials SET secret = :sealed, renewed_at = now(),"
            " credits_left = COALESCE(:credits_left, credits_left)"
            " WHERE id = :id AND state = 'ready' AND secret = :before RETURNING id"
        ),
        {"id": account_id, "before": before, "sealed": sealed, "credits_left": credits_left},
    )
    return row.scalar() is not None


async def due_for_a_look(session: Executor, days: float) -> Sequence[UUID]:
    """Accounts that are ready, and were neither used nor looked at for so many days; none being looked at."""
    rows = await session.execute(
        text(
            "SELECT id FROM credentials c WHERE kind = 'flow_account' AND state = 'ready'"
            " AND GREATEST(renewed_at, last_checked_at, created_at) < now() - make_interval(secs => :seconds)"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs t"
            "                 WHERE t.lock = 'account:' || c.id AND t.status IN ('todo', 'doing'))"
        ),
        {"seconds": days * 86400},
    )
    return list(rows.scalars())


async def queue(session: Executor, owner: UUID) -> FlowQueue:
    """An owner's Flow videos in numbers."""
    row = (
        await session.execute(
            text(
                f"SELECT count(*) FILTER (WHERE v.status IN {sql_list(STALLED_VIDEOS)}"  # noqa: S608  # only our own constants are put in
                f"                        AND j.status IN {sql_list(ACTIVE_JOBS)}) AS pending,"
                " count(*) FILTER (WHERE v.status = 'generating') AS processing,"
                " count(*) FILTER (WHERE v.status = 'failed') AS failed"
                " FROM videos v JOIN jobs j ON j.id = v.job_id"
                " WHERE v.owner_id = :owner AND v.provider = :flow AND v.deleted_at IS NULL"
            ),
            {"owner": owner, "flow": FLOW},
        )
    ).one()
    return FlowQueue(pending=row.pending, processing=row.processing, failed=row.failed)


async def failed(session: Executor, owner: UUID) -> list[UUID]:
    """An owner's failed Flow videos."""
    rows = await session.execute(
        text(
            "SELECT id FROM videos WHERE owner_id = :owner AND provider = :flow AND status = 'failed'"
            " AND deleted_at IS NULL"
        ),
        {"owner": owner, "flow": FLOW},
    )
    return list(rows.scalars())


@dataclass(frozen=True)
class Counts:
    """Accounts of all owners: how many there are, and how many are signed in and wait for nobody."""

    accounts: int
    ready: int


async def counts(session: Executor) -> Counts:
    """For the health."""
    row = (
        await session.execute(
            text(
                "SELECT count(*) AS accounts, count(*) FILTER (WHERE state = 'ready') AS ready"
                " FROM credentials WHERE kind = 'flow_account' AND state <> 'deleted'"
            )
        )
    ).one()
    return Counts(row.accounts, row.ready)


async def by_name(session: Executor, owner: UUID, name: str) -> UUID | None:
    """The account of that name, its row locked until the transaction ends."""
    row = await session.execute(
        text(
            "SELECT id FROM credentials WHERE owner_id = :owner AND provider = :flow AND name = :name"
            " AND state <> 'deleted' FOR UPDATE"
        ),
        {"owner": owner, "flow": FLOW, "name": name},
    )
    return row.scalar()


async def taken_in(session: Executor, owner: UUID) -> set[str]:
    """Digests of what was taken in from the environment, whatever became of the accounts."""
    rows = await session.execute(
        text(
            "SELECT source_sha256 FROM credentials WHERE owner_id = :owner AND kind = 'flow_account'"
            " AND source_sha256 IS NOT NULL"
        ),
        {"owner": owner},
    )
    return set(rows.scalars())


async def is_to_be_looked_at(session: Executor, account_id: UUID) -> bool:
    """Whether a look at it waits for a worker. One that is on may have seen what was before."""
    row = await session.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs"
            " WHERE lock = 'account:' || CAST(:id AS text) AND status = 'todo')"
        ),
        {"id": str(account_id)},
    )
    return bool(row.scalar_one())


async def owner_of(session: Executor, account_id: UUID) -> UUID | None:
    """Whose account it is; None when it is gone."""
    row = await session.execute(
        text(
            "SELECT owner_id FROM credentials WHERE id = :id AND kind = 'flow_account' AND state <> 'deleted'"
        ),
        {"id": account_id},
    )
    return row.scalar()


async def not_looked_at(session: Executor, account_id: UUID, reason: str) -> None:
    """It was tried and could not be done: it is not tried again before the next time is due."""
    await session.execute(
        text("UPDATE credentials SET last_checked_at = now(), state_reason = :reason WHERE id = :id"),
        {"id": account_id, "reason": reason},
    )
