"""Gives a submission up for good: tells the provider, closes the ledger row.

It has the lock of its submission, so it runs when nothing else works on it any more.
"""

import logging
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from rushes.engine import ledger
from rushes.engine.credential_use import open_credential
from rushes.engine.dispatch import dispatch_soon
from rushes.engine.runtime import Runtime

log = logging.getLogger(__name__)


async def cancel_submission(run: Runtime, submission_id: str) -> None:
    """Cancel at the provider (best effort) and in the ledger."""
    async with run.one_at_a_time(submission_id):
        await _cancel(run, submission_id)


async def _cancel(run: Runtime, submission_id: str) -> None:
    async with run.db.begin() as session:
        row = await ledger.active(session, UUID(submission_id))
    if row is None:
        return
    note = "cancelled by its owner"
    if row.remote_id is not None:
        try:
            credential = await open_credential(run, row.credential_id)
            await run.providers.get(row.provider).cancel(row.remote_id, credential)
        except DBAPIError:
            raise
        except Exception as error:  # the user has given it up either way; the ledger keeps the reason
            log.warning("cancelling %s at %s failed", row.id, row.provider, exc_info=error)
            note = f"cancelled by its owner; the provider could not be told: {error}"
    async with run.db.begin() as session:
        await ledger.cancel(session, row.id, note)
    dispatch_soon(run, row.provider)
