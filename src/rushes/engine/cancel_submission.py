"""Gives a submission up for good: looks what became of it, tells the provider, books what it came to.

It has the lock of its submission, so it runs when nothing else works on it any more. What had been made
before the cancel is not deleted at the provider: a retry fetches it. What a cancelled submission costs is
looked at until the provider says it has ended, and is its estimate when that takes too long.
"""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from rushes.engine import cancel_rows, ledger
from rushes.engine.calls import call_of, shot_of
from rushes.engine.cancel_rows import Cancellable
from rushes.engine.collect import cost_of
from rushes.engine.credential_use import open_credential
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.runtime import Runtime
from rushes.platform.db.queue import defer, make_videos_task
from rushes.providers.video_contract import CredentialKind, Finished

log = logging.getLogger(__name__)


async def cancel_submission(run: Runtime, submission_id: str) -> None:
    """Cancel at the provider (best effort) and in the ledger; settle what was cancelled before."""
    async with run.one_at_a_time(submission_id):
        async with run.db.statement() as session:
            row = await cancel_rows.cancellable(session, UUID(submission_id))
        if row is None:
            return
        if row.open and row.wanted:  # retried before this had its turn
            async with run.db.begin() as session:
                await defer(session, [make_videos_task(row.id, row.provider)])
        elif row.open:
            await _cancel(run, row)
            dispatch_soon(run, row.provider)
        else:
            await _settle(run, row)


async def _cancel(run: Runtime, row: Cancellable) -> None:
    note, seen = "cancelled by its owner", None
    if row.remote_id is not None:
        seen = await _look(run, row)
        if seen is None:
            note = await _tell(run, row, note)
            seen = await _look(run, row)
        else:
            note = "cancelled by its owner when the provider had finished"
    cost = None if seen is None else seen[1]
    made = seen is not None and bool(seen[0].outputs)
    async with run.db.begin() as session:
        await cancel_rows.cancel(session, row.id, note, cost=cost, made=made)


async def _settle(run: Runtime, row: Cancellable) -> None:
    """Book what a cancelled submission came to; if that is not known yet, it is looked at again."""
    seen = await _look(run, row)
    patience = run.providers.get(row.provider).limits.timeout_seconds
    async with run.db.begin() as session:
        if seen is not None:
            await cancel_rows.settle(session, row.id, seen[1], made=bool(seen[0].outputs))
        elif _age(row) > patience:  # nobody tells: it counts as what was expected
            await cancel_rows.settle(session, row.id, row.cost_estimate, made=False)


async def _tell(run: Runtime, row: Cancellable, note: str) -> str:
    assert row.remote_id is not None
    try:
        credential = await open_credential(run, row.credential_id)
        await run.providers.get(row.provider).cancel(row.remote_id, credential)
    except DBAPIError:
        raise
    except Exception as error:  # the user has given it up either way; the ledger keeps the reason
        log.warning("cancelling %s at %s failed", row.id, row.provider, exc_info=error)
        return f"{note}; the cancellation did not reach the provider: {error}"
    return note


async def _look(run: Runtime, row: Cancellable) -> tuple[Finished, Decimal] | None:
    """What the provider has made of it, and what that costs; None when it has not ended, or does not tell.

    A browser is not opened for it: Flow's are paid by a plan, and stay in their project.
    """
    provider = run.providers.get(row.provider)
    if row.remote_id is None or provider.credential is CredentialKind.FLOW_ACCOUNT:
        return None
    async with run.db.statement() as session:
        work = await ledger.read(session, row.id)
    if work is None:
        return None
    try:
        credential = await open_credential(run, row.credential_id)
        async with shot_of(run, work) as shot:
            answer = await provider.status(call_of(run, work, shot, credential), row.remote_id)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001  # it is given up either way
        log.info("what became of %s at %s is not known: %s", row.id, row.provider, error)
        return None
    return (answer, cost_of(work, answer)) if isinstance(answer, Finished) else None


def _age(row: Cancellable) -> float:
    return (datetime.now(UTC) - row.submitted_at).total_seconds() if row.submitted_at else 0.0
