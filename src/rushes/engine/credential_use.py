"""Opens the credential of a submission for its calls, and keeps those that rest from being called.

A rest is in the row, for every worker. It is also remembered here, in the instant in which it is heard of:
what was claimed at the same time as the call that hit the limit must not be sent in the meantime.
"""

import time
from dataclasses import dataclass
from uuid import UUID

from rushes.engine import credentials as queries
from rushes.engine.backoff import least_wait
from rushes.engine.flow_lease import opened
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, ErrorType, RetryLater, RushesError
from rushes.providers.video_contract import Credential

LIMITS = (ErrorType.RATE_LIMITED, ErrorType.QUOTA, ErrorType.CREDITS)
"""What is about the credential and not about the shot, when it comes as `RetryLater`."""
SHORTEST_SECONDS = 0.1
QUOTA_SECONDS = 3600.0
"""How long a used-up quota rests when the service does not say."""

BRIDGE_SECONDS = 1.0
"""For so long what was heard counts more than the row, which may not be written yet."""


@dataclass(frozen=True)
class _Stop:
    heard: float
    until: float


_stops: dict[UUID, _Stop] = {}
"""What this process has heard, in monotonic time."""


def limits(error: RushesError) -> bool:
    """Whether the error rests the credential."""
    return isinstance(error, RetryLater) and error.error_type in LIMITS


def stop(run: Runtime, credential_id: UUID | None, error: RushesError) -> None:
    """Remember at once that nothing new may be sent with it; the row is written next. No await in here."""
    if credential_id is None:
        return
    if isinstance(error, RetryLater) and limits(error):
        _stop(credential_id, rest_seconds(run, error))
    elif isinstance(error, ActionNeeded):
        _stop(credential_id, BRIDGE_SECONDS)


def _stop(credential_id: UUID, seconds: float) -> None:
    now = time.monotonic()
    before = _stops.get(credential_id)
    _stops[credential_id] = _Stop(now, max(now + seconds, before.until if before else 0.0))


def rest_seconds(run: Runtime, error: RetryLater) -> float:
    """As long as the service says, else as long as is usual for such a limit."""
    usual = run.settings.high_demand_wait if error.error_type is ErrorType.RATE_LIMITED else QUOTA_SECONDS
    return max(SHORTEST_SECONDS, usual if error.after is None else least_wait(error.after, usual))


def rest_left(credential_id: UUID | None) -> float:
    """Seconds for which nothing new may be sent with it, as far as this process knows; 0 when it may."""
    stopped = _stops.get(credential_id) if credential_id else None
    return max(0.0, stopped.until - time.monotonic()) if stopped else 0.0


async def open_credential(run: Runtime, credential_id: UUID | None) -> Credential | None:
    """Open it for a call. Its submissions keep it for life, so also one that rests or is switched off.

    Raises `ActionNeeded` when it was deleted, is signed out, or cannot be decrypted.
    """
    if credential_id is None:
        return None
    async with run.db.statement() as session:
        row = await queries.sealed(session, credential_id)
    if row is None:
        raise ActionNeeded(
            "The key it was asked for with has been deleted.", hint="Cancel it, or make it again."
        )
    if row.state is not CredentialState.READY:
        _stop(credential_id, BRIDGE_SECONDS)
    elif row.resting_seconds > 0:
        _stop(credential_id, row.resting_seconds)
    elif (heard := _stops.get(credential_id)) and time.monotonic() - heard.heard > BRIDGE_SECONDS:
        del _stops[credential_id]  # the rest was ended early, by its owner
    if not row.secret:
        raise ActionNeeded(f"The account {row.name!r} is signed out.", hint=f"rushes flow login {row.name}")
    credential = Credential(row.id, row.name, run.vault.open(row.secret), row.fields)
    await opened(run, credential)
    return credential
