"""Whose refusal it is: the key's, or that of one request.

A key is judged by what is answered to a create or to its test. An answer that may be about either (a 403
without a reason) is one of the request while the key passes its test, until several shots in a row are
refused so: then it is the key's, and the shots that failed for it are made again. What is answered when one
video is looked at or fetched says nothing of the key, unless the test says so too.
"""

import logging
from typing import Protocol
from uuid import UUID

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
_SHOTS = text(f"SELECT count(DISTINCT COALESCE(s.shot_id, s.subject_ids[1])) {_ROW}")
_FAILED = text(
    f"""
    SELECT v.id FROM videos v JOIN jobs j ON j.id = v.job_id
    WHERE v.submission_id IN (SELECT s.id {_ROW}) AND v.status = 'failed' AND v.deleted_at IS NULL
      AND j.status = 'processing'
    """  # noqa: S608  # only our own constant is put in
)


class RefusedCall(Protocol):
    """A submission of any kind."""

    @property
    def id(self) -> UUID: ...
    @property
    def owner_id(self) -> UUID: ...
    @property
    def provider(self) -> str: ...
    @property
    def credential_id(self) -> UUID | None: ...


async def refused_create(
    run: Runtime, work: Work, credential: Credential | None, error: ActionNeeded
) -> None:
    """Release a create that a person has to do something about: on the key, or on this request alone."""
    if (rejected := await refusal_of_request(run, work, credential, error)) is not None:
        await outcomes.refused(run, work, rejected)
        return
    await outcomes.released_until_person(run, work, error)
    if error.unclear and credential is not None:
        async with run.db.begin() as session:
            await _make_again(session, _given(work))


async def refusal_of_request(
    run: Runtime, call: RefusedCall, credential: Credential | None, error: ActionNeeded
) -> Rejected | None:
    """Return the refusal of this request alone; None when the answer is about its key."""
    if not error.unclear or credential is None or await _fails_its_test(run, call, credential):
        return None
    async with run.db.begin() as session:
        await session.execute(_MARK, {"id": call.id})
        shots = (await session.execute(_SHOTS, _given(call))).scalar_one()
    return _of_request(error) if shots < MOST_SHOTS else None


def _given(call: RefusedCall) -> dict[str, object]:
    return {"owner": call.owner_id, "key": call.credential_id, "provider": call.provider}


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


async def _fails_its_test(run: Runtime, call: RefusedCall, credential: Credential) -> bool:
    try:
        await run.providers.of_any_kind(call.provider).test(credential)
    except ActionNeeded:
        return True
    except (RushesError, OSError) as error:
        log.info("the key of submission %s could not be tested: %s", call.id, error)
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
