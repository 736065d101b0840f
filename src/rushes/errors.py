"""Every failure Rushes expects, in one tree, each saying who acts next.

    RushesError
    ├── RetryLater        the clock: the same thing will work later (busy, rate limit, network)
    ├── ActionNeeded      the user: sign in, top up, accept, decide
    ├── Rejected          the prompt (or image): the provider will not make this
    ├── GenerationFailed  the clock, a few times: the provider tried and did not manage
    ├── Damaged           the clock: the bytes are not a whole video; fetched again
    ├── ProviderChanged   us: the provider answered something we do not know
    │   └── Expired       the user: it does not have the video any more; asking anew costs again
    ├── SystemFault       the operator: disk full, database gone; the job pauses and resumes
    ├── SignInNeeded      the caller: nobody is signed in, or the token is not valid (any more)
    ├── Forbidden         the caller: another role or scope is needed
    ├── TooManyRequests   the clock: asked, or tried to sign in, too often
    ├── NotFound, Gone, Conflict, TooLarge   the caller
    └── Invalid           the caller: one entry a fault in `errors`

All leave the API as RFC 9457 problem+json with a stable `code`; the command line prints the same words.
Anything outside this tree is a bug. Words that quote a provider or a file are cleaned, without secrets.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from rushes.redaction import safe_text

LONGEST_WAIT_SECONDS = 25 * 3600.0
"""Of what a service may ask for: a daily limit is over by then, also on the day that clocks are put back."""


class Actor(StrEnum):
    """Who has to act before this can go on."""

    CLOCK = "clock"
    USER = "user"
    PROMPT = "prompt"
    US = "us"
    OPERATOR = "operator"
    CALLER = "caller"


class ErrorType(StrEnum):
    """Why a video is not there (`error_type` of a video; documented in docs/guide/errors.md)."""

    HIGH_DEMAND = "high_demand"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    CREDITS = "credits"
    BUDGET = "budget"
    NETWORK = "network"
    OUTAGE = "outage"
    EXPIRED = "expired"
    AUTH = "auth"
    CONSENT = "consent"
    POLICY_VIOLATION = "policy_violation"
    PROMINENT_PEOPLE = "prominent_people"
    MINORS = "minors"
    COPYRIGHT = "copyright"
    BAD_INPUT = "bad_input"
    GENERATION_FAILED = "generation_failed"
    TIMEOUT = "timeout"
    UNCERTAIN = "uncertain"
    PROVIDER_CHANGED = "provider_changed"
    STORAGE = "storage"
    DISK_FULL = "disk_full"
    DATABASE = "database"
    BROWSER = "browser"
    RESTORED = "restored"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was sent. `where` can be found: a file name, `prompts.txt:12`, a field."""

    where: str
    message: str
    code: str = "invalid"

    def __post_init__(self) -> None:
        # Frozen: what is set here is set before anybody has seen it.
        object.__setattr__(self, "where", safe_text(self.where))
        object.__setattr__(self, "message", safe_text(self.message))


class RushesError(Exception):
    """Base of the tree. `code` is stable; `message` tells a person what happened and what to do."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    http_status: ClassVar[int] = 500
    actor: ClassVar[Actor] = Actor.US
    cost: Decimal | None = None
    """What was paid all the same, US dollars, where the provider's answer tells."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        message = safe_text(message)
        super().__init__(message)
        self.message = message
        self.hint = None if hint is None else safe_text(hint)


class RetryLater(RushesError):
    """The same request will work later. `after`: seconds that the service gave, 25 hours at most."""

    code = "retry_later"
    title = "Busy, will be tried again"
    http_status = 503
    actor = Actor.CLOCK

    def __init__(
        self,
        message: str,
        *,
        error_type: ErrorType = ErrorType.HIGH_DEMAND,
        after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.error_type = error_type
        # None for no number, and no more than is ever meant.
        known = after if after is not None and math.isfinite(after) else None
        self.after = None if known is None else min(LONGEST_WAIT_SECONDS, max(0.0, known))


class ActionNeeded(RushesError):
    """Only a person can let this go on: sign in, accept, decide. `unclear`: or it is this request alone."""

    code = "action_needed"
    title = "Your action is needed"
    http_status = 409
    actor = Actor.USER

    def __init__(
        self,
        message: str,
        *,
        error_type: ErrorType = ErrorType.AUTH,
        hint: str | None = None,
        unclear: bool = False,
    ) -> None:
        super().__init__(message, hint=hint)
        self.error_type = error_type
        self.unclear = unclear


class Rejected(RushesError):
    """The provider will not make this prompt or image. Never retried by itself."""

    code = "rejected"
    title = "Refused by the provider"
    http_status = 422
    actor = Actor.PROMPT

    def __init__(
        self, message: str, *, error_type: ErrorType = ErrorType.POLICY_VIOLATION, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.error_type = error_type


class GenerationFailed(RushesError):
    """The provider accepted, tried and failed. Worth a new submission, a few times."""

    code = "generation_failed"
    title = "The provider failed to generate"
    http_status = 502
    actor = Actor.CLOCK
    error_type = ErrorType.GENERATION_FAILED


class Damaged(RushesError):
    """The bytes are not a whole video (cut short, not a video at all). Worth fetching again."""

    code = "damaged"
    title = "Not a whole video"
    http_status = 502
    actor = Actor.CLOCK
    error_type = ErrorType.NETWORK


class ProviderChanged(RushesError):
    """The provider answered something we do not know. `step` names where."""

    code = "provider_changed"
    title = "The provider has changed"
    http_status = 502
    actor = Actor.US
    error_type = ErrorType.PROVIDER_CHANGED

    def __init__(self, message: str, *, step: str, hint: str | None = None) -> None:
        super().__init__(f"{step}: {message}", hint=hint)
        self.step = step


class Expired(ProviderChanged):
    """The provider does not have what it accepted (any more): the video, or the request itself."""

    code = "expired"
    title = "The provider does not have it any more"
    actor = Actor.USER
    error_type = ErrorType.EXPIRED


class SystemFault(RushesError):
    """This installation cannot work right now. The job pauses with the reason and resumes by itself."""

    code = "system_fault"
    title = "This installation needs attention"
    http_status = 503
    actor = Actor.OPERATOR

    def __init__(self, message: str, *, error_type: ErrorType, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.error_type = error_type


class SignInNeeded(RushesError):
    """Nobody is signed in, or what proves it is not valid (any more)."""

    code = "sign_in_needed"
    title = "Sign in first"
    http_status = 401
    actor = Actor.CALLER


class Forbidden(RushesError):
    """Who asks may not do this: the message names what is needed."""

    code = "forbidden"
    title = "Not permitted"
    http_status = 403
    actor = Actor.CALLER


class TooManyRequests(RushesError):
    """Asked, or tried to sign in, too often. `after`: seconds until the next attempt."""

    code = "too_many_requests"
    title = "Too many requests"
    http_status = 429
    actor = Actor.CLOCK

    def __init__(self, message: str, *, after: float, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.after = after


class NotFound(RushesError):
    """No such thing, or not yours."""

    code = "not_found"
    title = "Not found"
    http_status = 404
    actor = Actor.CALLER


class Gone(RushesError):
    """It was there, and its time is over."""

    code = "gone"
    title = "No longer there"
    http_status = 410
    actor = Actor.CALLER


class Conflict(RushesError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"
    title = "Not possible in this state"
    http_status = 409
    actor = Actor.CALLER


class TooLarge(RushesError):
    """More bytes or entries than the settings allow."""

    code = "too_large"
    title = "Too large"
    http_status = 413
    actor = Actor.CALLER


class Invalid(RushesError):
    """What the caller sent is wrong; `faults` has one entry a fault."""

    code = "invalid"
    title = "The input is not valid"
    http_status = 422
    actor = Actor.CALLER

    def __init__(self, message: str, faults: Sequence[Fault] = (), *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.faults = tuple(faults)
