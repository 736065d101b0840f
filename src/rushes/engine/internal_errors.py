"""What becomes of a submission that fails in a way nobody foresaw: tried a few times, then its takes say so.

It is counted on the row and in the list of failing tasks that health shows, so that no take stays in
progress without a reason. What was certainly not sent fails; what may have been is for its owner to decide.
"""

import json
import logging
from datetime import UTC, datetime, timedelta

from rushes.engine import ledger, outcomes, upkeep
from rushes.engine.backoff import grow
from rushes.engine.ledger import Work
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType
from rushes.platform.db.faults import in_a_line
from rushes.platform.db.queue import defer, make_videos_task

log = logging.getLogger(__name__)

MOST_TRIES = 3
TASK = "rushes:make_videos"
HINT = "This is a fault of Rushes; its log has more. Retry after an update, and report it if it comes again."


async def internal_error(run: Runtime, work: Work, error: Exception, *, sent: bool) -> None:
    """Count an unforeseen error of a submission; try again, or park its takes with the reason.

    `sent`: whether it may have been accepted. Raises `FencedError` when it is another worker's by now.
    """
    line = in_a_line(error)
    takes = ", ".join(str(take.id) for take in work.takes)
    log.error("submission %s (job %s, takes %s): %s", work.id, work.job_id, takes, line, exc_info=error)
    async with run.db.statement() as session:
        await upkeep.task_failed(session, TASK, _subject(work), line)
    async with run.db.begin() as session:
        tries = await ledger.record_fault(session, work.id, run.worker, line)
        if tries is None:
            raise outcomes.FencedError
        # What the system says may pass: it is tried for as long as a network fault.
        most = run.settings.network_retries if isinstance(error, OSError) else MOST_TRIES
        if tries < max(MOST_TRIES, most):
            if not sent:
                await ledger.put_off(session, work.id, run.worker)
            at = datetime.now(UTC) + timedelta(seconds=grow(run.settings.network_retry_wait, tries - 1))
            await defer(session, [make_videos_task(work.id, work.provider, at=at)])
            return
    message = f"{line} {HINT}"
    if sent:
        await outcomes.overdue(run, work, ErrorType.INTERNAL, message)
    else:
        await outcomes.not_sent(run, work, ErrorType.INTERNAL, message)


async def forget_internal_errors(run: Runtime, work: Work) -> None:
    """It went well at last: health need not show it any more."""
    if work.faults:
        async with run.db.statement() as session:
            await upkeep.task_succeeded(session, TASK, _subject(work))


def _subject(work: Work) -> str:
    """Return the task's arguments, as the failure watch of the queue writes them."""
    return json.dumps(make_videos_task(work.id, work.provider).args, sort_keys=True)
