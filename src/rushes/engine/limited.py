"""What a limit that a service answers with means: a rest of the key, of one model on it, or of one shot.

A limit rests the model on that key; no credits, and every limit of a Flow account, rest all of it. The take
goes behind the others of its job. When it is limited again though others were accepted with the same key and
model since, the limit is one of the shot: it waits alone, longer each time, and holds nobody up.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credential_rests, credentials
from rushes.engine.credential_use import PaidCall, lift, limits, rest_seconds, rests_whole
from rushes.engine.ledger import Take, Work
from rushes.engine.runtime import Runtime
from rushes.engine.states import TakeChanges
from rushes.engine.transitions import NOW, change_takes
from rushes.errors import RetryLater, RushesError

LONGEST_ALONE_SECONDS = 3600.0
"""For so long at most a shot waits alone, unless the service says longer."""

_OTHERS_ACCEPTED = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM submissions
        WHERE owner_id = :owner AND claimed_at > :since AND credential_id = :key AND provider = :provider
          AND model = :model AND submitted_at IS NOT NULL AND shot_id IS DISTINCT FROM :shot)
    """
)


async def requeue_limited(
    run: Runtime, session: AsyncSession, work: Work, takes: list[Take], error: RushesError
) -> bool:
    """Queue takes again that a limit has refused, and rest what the limit is of. False: it is no limit.

    It counts as no try.
    """
    if work.credential_id is None or not isinstance(error, RetryLater) or not limits(error):
        return False
    times = 1 + max(take.limits for take in takes)
    changes: dict[str, object] = {"limits": times, "limited_at": NOW, "progress": None}
    if not rests_whole(run, work, error) and await _is_of_shot(session, work, takes):
        lift(work)
        usual = rest_seconds(run, error)
        seconds = max(usual, min(usual * 2.0 ** min(times - 2, 16), LONGEST_ALONE_SECONDS))
        message = f"{error.message} Others are accepted with the same key meanwhile."
        changes |= {
            "retry_at": datetime.now(UTC) + timedelta(seconds=seconds),
            "error_type": str(error.error_type),
            "error_message": message,
        }
    else:
        await rest_if_limited(run, session, work, error)
    video_ids = [take.id for take in takes]
    await change_takes(session, video_ids, TakeChanges.REQUEUE, of_submission=work.id, **changes)
    return True


async def rest_if_limited(run: Runtime, session: AsyncSession, work: PaidCall, error: RushesError) -> bool:
    """Let the key, or the model on it, cool down if the error is about that. False: it is not."""
    if work.credential_id is None or not isinstance(error, RetryLater) or not limits(error):
        return False
    seconds, why = rest_seconds(run, error), error.error_type
    if rests_whole(run, work, error):
        await credentials.rest(session, work.credential_id, seconds, why)
    else:
        await credential_rests.rest_model(
            session, work.credential_id, work.provider, work.model, seconds, why
        )
    return True


async def _is_of_shot(session: AsyncSession, work: Work, takes: list[Take]) -> bool:
    since = max((take.limited_at for take in takes if take.limited_at), default=None)
    if since is None:
        return False
    given = {
        "owner": work.owner_id,
        "since": since,
        "key": work.credential_id,
        "provider": work.provider,
        "model": work.model,
        "shot": await session.scalar(text("SELECT shot_id FROM submissions WHERE id = :id"), {"id": work.id}),
    }
    return bool((await session.execute(_OTHERS_ACCEPTED, given)).scalar())
