"""Looks again at what may be accepted: after a wait, as often as its kind of trouble allows.

Looking costs nothing: a known id is looked at for as long as its provider keeps what it made (`kept_hours` of
the catalogue).
"""

from datetime import UTC, datetime, timedelta

from rushes.engine import ledger
from rushes.engine.backoff import grow, least_wait
from rushes.engine.ledger import Work
from rushes.engine.limited import rest_if_limited
from rushes.engine.outcomes import FencedError, make_uncertain, words
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, ProviderChanged, RetryLater, RushesError
from rushes.platform.db.faults import in_a_line
from rushes.platform.db.queue import defer, make_videos_task

MOST_CHANGED_ANSWERS = 3
"""How often an answer that is not understood is asked for again before a person is."""


async def carry_on_later(run: Runtime, work: Work, error: Exception) -> None:
    """Run again after a wait, on the same submission; after too many faults its owner is asked."""
    error_type = getattr(error, "error_type", ErrorType.INTERNAL)
    message = words(error) if isinstance(error, RushesError) else in_a_line(error)
    most = MOST_CHANGED_ANSWERS if isinstance(error, ProviderChanged) else run.settings.network_retries
    async with run.db.begin() as session:
        faults = await ledger.record_fault(session, work.id, run.worker, message)
        if faults is None:
            raise FencedError
        # What is answered to a look says nothing of the key.
        rests = (
            work.remote_id is None
            and isinstance(error, RushesError)
            and await rest_if_limited(run, session, work, error)
        )
        if not rests and faults > most and not _still_kept(run, work, error):
            await make_uncertain(run, session, work, error_type, _given_up(run, work, error, message))
            return
        after = error.after if isinstance(error, RetryLater) else None
        wait = grow(run.settings.network_retry_wait, faults - 1)
        wait = wait if after is None else least_wait(after, wait)
        at = datetime.now(UTC) + timedelta(seconds=wait)
        await defer(session, [make_videos_task(work.id, work.provider, at=at)])


def _still_kept(run: Runtime, work: Work, error: Exception) -> bool:
    """Whether looking again may help: the provider has it, and keeps it for as long as its catalogue says.

    One that says that it does not have it, answers what nobody knows, or hands out half a video is asked a
    few times only.
    """
    if work.remote_id is None or work.submitted_at is None or not isinstance(error, RetryLater):
        return False
    kept = timedelta(hours=run.providers.catalogue(work.provider).kept_hours)
    return datetime.now(UTC) < work.submitted_at + kept


def _given_up(run: Runtime, work: Work, error: Exception, message: str) -> str:
    """Say what was lost, and why, of what was accepted."""
    if work.remote_id is None or not isinstance(error, RetryLater):
        return message
    hours = run.providers.catalogue(work.provider).kept_hours
    return (
        f"It was accepted, and could not be had for {hours:g} hours, after which its provider keeps it no"
        f" longer. {message}"
    )


async def forget_faults(run: Runtime, work: Work) -> int:
    """The provider answered again: earlier faults do not count any more."""
    async with run.db.begin() as session:
        await ledger.clear_faults(session, work.id)
    return 0
