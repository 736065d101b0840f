"""Counts what providers answer for or against them: the breaker of `outages.py` opens by it."""

from typing import Protocol
from uuid import UUID

from rushes.engine import outages
from rushes.engine.runtime import Runtime
from rushes.errors import RetryLater, RushesError
from rushes.platform.db.faults import in_a_line


class AnyCall(Protocol):
    """A submission, whatever it is for."""

    @property
    def id(self) -> UUID: ...
    @property
    def provider(self) -> str: ...
    @property
    def credential_id(self) -> UUID | None: ...


async def judge(run: Runtime, call: AnyCall, error: RushesError, *, begun: bool) -> None:
    """Count a definite answer: a provider that cannot be reached, or does not take anything now, does not
    answer properly; a refusal is an answer."""
    if isinstance(error, RetryLater) and error.error_type in outages.NOT_ANSWERED:
        await not_answered(run, call, error)
    elif begun:
        await answered(run, call)


async def not_answered(run: Runtime, call: AnyCall, error: Exception) -> None:
    """Count a call that was not answered properly against its provider and key."""
    said = error.message if isinstance(error, RushesError) else in_a_line(error)
    async with run.db.statement() as session:
        await outages.failed(
            session,
            call.provider,
            call.credential_id,
            call.id,
            error=said,
            first_seconds=run.settings.network_retry_wait,
        )


async def answered(run: Runtime, call: AnyCall) -> bool:
    """The provider answers properly, be it with a refusal. True when it had not before."""
    async with run.db.statement() as session:
        return await outages.ended(session, call.provider, call.credential_id)
