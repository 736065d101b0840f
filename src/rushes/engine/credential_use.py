"""Opens the credential of a submission for its calls, and keeps those that rest from being called.

A rest is in the row, for every worker. It is also remembered here, in the instant in which it is heard of:
what was claimed at the same time as the call that hit the limit must not be sent in the meantime.
"""

import time
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from rushes.engine import credentials as queries
from rushes.engine.backoff import least_wait
from rushes.engine.flow_lease import opened
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, ErrorType, RetryLater, RushesError
from rushes.providers.base import CredentialKind
from rushes.providers.video_contract import Credential

LIMITS = (ErrorType.RATE_LIMITED, ErrorType.QUOTA, ErrorType.CREDITS)
"""What is about the credential and not about the shot, when it comes as `RetryLater`."""
SHORTEST_SECONDS = 0.1
QUOTA_SECONDS = 3600.0
"""How long a used-up quota rests when the service does not say."""

BRIDGE_SECONDS = 1.0
"""For so long what was heard counts more than the row, which may not be written yet."""


class PaidCall(Protocol):
    """A submission of any kind: what it is paid with, and for which model."""

    @property
    def id(self) -> UUID: ...
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def credential_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class _Stop:
    heard: float
    until: float
    by: UUID | None
    """The submission whose answer it was; None for what the row says."""
    earlier_until: float
    """When the stop ended that this one has prolonged; 0 when there was none."""


Stopped = tuple[UUID, str, str]
"""A key, and the provider and model that rest on it; two empty texts stand for all of them."""
_stops: dict[Stopped, _Stop] = {}
"""What this process has heard, in monotonic time."""


def limits(error: RushesError) -> bool:
    """Whether the error rests the credential."""
    return isinstance(error, RetryLater) and error.error_type in LIMITS


def rests_whole(run: Runtime, work: PaidCall, error: RushesError) -> bool:
    """Whether a limit is one of the whole key: no credits, or of a Flow account. Others are of the model."""
    by_key = run.providers.of_any_kind(work.provider).credential is CredentialKind.KEY
    return not by_key or getattr(error, "error_type", None) is ErrorType.CREDITS


def stop(run: Runtime, work: PaidCall, error: RushesError) -> None:
    """Remember at once that nothing new may be sent with it; the row is written next. No await in here."""
    if work.credential_id is None:
        return
    whole = (work.credential_id, "", "")
    if isinstance(error, RetryLater) and limits(error):
        part = whole if rests_whole(run, work, error) else (work.credential_id, work.provider, work.model)
        _stop(part, rest_seconds(run, error), work.id)
    elif isinstance(error, ActionNeeded) and not error.unclear:
        _stop(whole, BRIDGE_SECONDS, work.id)


def lift(work: PaidCall) -> None:
    """Take back the stop of its model that its answer made: the limit was one of the shot alone.

    What other answers stopped stays stopped.
    """
    if work.credential_id is None:
        return
    part = (work.credential_id, work.provider, work.model)
    stopped = _stops.get(part)
    if stopped is not None and stopped.by == work.id:
        _stops[part] = _Stop(stopped.heard, stopped.earlier_until, None, 0.0)


def _stop(stopped: Stopped, seconds: float, by: UUID | None = None) -> None:
    now = time.monotonic()
    before = _stops.get(stopped)
    earlier = before.until if before else 0.0
    if earlier < now + seconds:
        _stops[stopped] = _Stop(now, now + seconds, by, earlier)
    elif before:
        _stops[stopped] = replace(before, heard=now)


def rest_seconds(run: Runtime, error: RetryLater) -> float:
    """As long as the service says, else as long as is usual for such a limit."""
    usual = run.settings.high_demand_wait if error.error_type is ErrorType.RATE_LIMITED else QUOTA_SECONDS
    return max(SHORTEST_SECONDS, usual if error.after is None else least_wait(error.after, usual))


def rest_left(work: PaidCall) -> float:
    """Seconds for which nothing new may be sent with it, as far as this process knows; 0 when it may."""
    if work.credential_id is None:
        return 0.0
    parts = ((work.credential_id, "", ""), (work.credential_id, work.provider, work.model))
    return max(0.0, *(_stops[each].until - time.monotonic() for each in parts if each in _stops), 0.0)


async def open_credential(
    run: Runtime, credential_id: UUID | None, work: PaidCall | None = None
) -> Credential | None:
    """Open it for a call. Its submissions keep it for life, so also one that rests or is switched off.

    `work` is the submission it is opened for, whose model may rest. Raises `ActionNeeded` when it was
    deleted, is signed out, or cannot be decrypted.
    """
    if credential_id is None:
        return None
    async with run.db.statement() as session:
        row = await queries.sealed(
            session, credential_id, work.provider if work else "", work.model if work else ""
        )
    if row is None:
        raise ActionNeeded(
            "The key it was asked for with has been deleted.", hint="Cancel it, or make it again."
        )
    whole = (credential_id, "", "")
    if row.state is not CredentialState.READY:
        _stop(whole, BRIDGE_SECONDS)
    else:
        _follow_row(whole, row.resting_seconds)
    if work is not None:
        _follow_row((credential_id, work.provider, work.model), row.model_resting_seconds)
    if not row.secret:
        raise ActionNeeded(f"The account {row.name!r} is signed out.", hint=f"rushes flow login {row.name}")
    credential = Credential(row.id, row.name, run.vault.open(row.secret), row.fields)
    await opened(run, credential)
    return credential


def _follow_row(stopped: Stopped, resting_seconds: float) -> None:
    if resting_seconds > 0:
        _stop(stopped, resting_seconds)
    elif (heard := _stops.get(stopped)) and time.monotonic() - heard.heard > BRIDGE_SECONDS:
        del _stops[stopped]  # the rest was ended early, by its owner
