"""Whose refusal it is: the key's, or that of one request.

A key is judged by what is answered to a create or to its test. An answer that may be about either (a 403
without a reason) is one of the request while the key passes its test, until several shots in a row are
refused so: then it is the key's, and the shots that failed for it are made again. What is answered when one
video is looked at or fetched says nothing of the key, unless the test says so too.
"""

import logging

from sqlalchemy import text

from rushes.engine import look_again, outcomes
from rushes.engine.again import AFRESH
from rushes.engine.ledger import Work
from rushes.engine.runtime import Runtime
from rushes.engine.states import TakeChanges
from rushes.engine.transitions import change_takes
from rushes.errors import ActionNeeded, ErrorType, Expired, Rejected, RetryLater, RushesError
from rushes.platform.db.engine import Executor
from rushes.providers.video_contract import Credential, CredentialKind

log = logging.getLogger(__name__)

MOST_SHOTS = 3
"""So many shots in a row that are refused without a reason are a refusal of their key."""

_MARK = text("UPDATE submissions SET refused_unclear = true WHERE id = :id")
_ROW = """
    FROM submissions s
    WHERE s.owner_id = :owner AND s.credential_id = :key AND s.provider = :provider AND s.refused_unclear
      AND s.claimed_at > now() - interval '1 day' AND NOT EXISTS (
        SELECT 1 FROM submissions other
        WHERE other.owner_id = :owner AND other.credential_id = :key AND other.provider = :provider
          AND other.claimed_at > now() - interval '2 days' AND other.submitted_at > s.claimed_at)
"""
"""Refusals without a reason since the key was last accepted with."""
_SHOTS = text(f"SELECT count(DISTINCT s.shot_id) {_ROW}")  # only our own constant is put in
_FAILED = text(
    f"""
    SELECT v.id FROM videos v JOIN jobs j ON j.id = v.job_id
    WHERE v.submission_id IN (SELECT s.id {_ROW}) AND v.status = 'failed' AND v.deleted_at IS NULL
      AND j.status = 'processing'
    """  # noqa: S608  # only our own constant is put in
)


async def refused_create(
    run: Runtime, work: Work, credential: Credential | None, error: ActionNeeded
) -> None:
    """Release a create that a person has to do something about: on the key, or on this request alone."""
    if not error.unclear or credential is None or await _fails_its_test(run, work, credential):
        await outcomes.released_until_person(run, work, error)
        return
    given: dict[str, object] = {
        "id": work.id,
        "owner": work.owner_id,
        "key": work.credential_id,
        "provider": work.provider,
    }
    async with run.db.begin() as session:
        await session.execute(_MARK, given)
        shots = (await session.execute(_SHOTS, given)).scalar_one()
    if shots < MOST_SHOTS:
        await outcomes.refused(run, work, _of_request(error))
        return
    await outcomes.released_until_person(run, work, error)
    async with run.db.begin() as session:
        await _make_again(session, given)


async def refused_look(run: Runtime, work: Work, credential: Credential | None, error: ActionNeeded) -> None:
    """Continue with an accepted submission that was answered so when it was looked at or fetched."""
    by_key = run.providers.get(work.provider).credential is CredentialKind.KEY
    if credential is None or not by_key or await _fails_its_test(run, work, credential):
        await outcomes.wait_for_person(run, work, error)
    elif error.error_type is ErrorType.AUTH:
        gone = Expired(outcomes.words(error), step="looking at one video, though its key works")
        await look_again.carry_on_later(run, work, gone)
    else:
        later = RetryLater(error.message, error_type=error.error_type, hint=error.hint)
        await look_again.carry_on_later(run, work, later)


async def _fails_its_test(run: Runtime, work: Work, credential: Credential) -> bool:
    try:
        await run.providers.get(work.provider).test(credential)
    except ActionNeeded:
        return True
    except (RushesError, OSError) as error:
        log.info("the key of submission %s could not be tested: %s", work.id, error)
    return False


def _of_request(error: ActionNeeded) -> Rejected:
    return Rejected(
        f"{error.message} The key itself works.",
        error_type=ErrorType.POLICY_VIOLATION,
        hint="Change the prompt or the image, or look at what the key may do; then retry.",
    )


async def _make_again(session: Executor, given: dict[str, object]) -> None:
    ids = list((await session.execute(_FAILED, given)).scalars())
    await change_takes(session, ids, TakeChanges.RETRY, **AFRESH)
