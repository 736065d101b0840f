"""What Flow's texts mean for the engine: who acts next, and whether the whole account rests.

The texts are data (`[texts]` of the page's description); here is only what follows from their class. A
machine reason decides where there is one: it is the same in every language, and the text is for the person.
"""

from datetime import UTC, datetime, timedelta

from rushes.errors import ActionNeeded, ErrorType, GenerationFailed, Rejected, RetryLater, RushesError
from rushes.providers.video.flow.browser.guide import FailureClass, Guide

REFUSED_CODES = frozenset({3, 5, 7, 8, 9, 16})
"""Codes (gRPC's) with which a server says that it did not take it. After any other nobody knows."""
PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAUTHENTICATED = 7, 8, 16

_OF_THE_PROMPT = {
    FailureClass.POLICY: ErrorType.POLICY_VIOLATION,
    FailureClass.PROMINENT_PEOPLE: ErrorType.PROMINENT_PEOPLE,
    FailureClass.MINORS: ErrorType.MINORS,
    FailureClass.COPYRIGHT: ErrorType.COPYRIGHT,
    FailureClass.ACCESS: ErrorType.BAD_INPUT,
}
_CHANGE = "Change the prompt or the image, then retry; nothing was charged."
_PLAN = "Choose another model: the plan of this Google account does not have this one."


def class_of(reason: str, text: str, guide: Guide) -> FailureClass | None:
    """What a failure means, by its machine reason, else by its text; None where neither is known.

    That the credits are used up is said by a text alone, under reasons that only say "too much".
    """
    by_reason = guide.failure_of(reason) if reason else None
    by_text = guide.failure_of(text)
    if by_text is FailureClass.CREDITS and by_reason in {FailureClass.QUOTA, FailureClass.THROTTLE}:
        return by_text
    return by_reason or by_text


def error_of(text: str, guide: Guide, *, throttle_seconds: float, reason: str = "") -> RushesError:
    """The error of a failure. One that nobody has seen yet is a failure to generate."""
    said = f"Flow: {' '.join(text.split())[:400]}" if text.strip() else "Flow failed to generate this."
    kind = class_of(reason, text, guide)
    match kind:
        case FailureClass.THROTTLE:
            return throttled(said, throttle_seconds)
        case FailureClass.HIGH_DEMAND:
            return RetryLater(said, error_type=ErrorType.HIGH_DEMAND)
        case FailureClass.QUOTA:
            return used_up(said, ErrorType.QUOTA)
        case FailureClass.CREDITS:
            return used_up(said, ErrorType.CREDITS)
        case FailureClass.ACCESS:
            return Rejected(said, error_type=_OF_THE_PROMPT[kind], hint=_PLAN)
        case (
            FailureClass.POLICY | FailureClass.PROMINENT_PEOPLE | FailureClass.MINORS | FailureClass.COPYRIGHT
        ):
            return Rejected(said, error_type=_OF_THE_PROMPT[kind], hint=_CHANGE)
        case _:
            return GenerationFailed(said)


def refusal_of(
    code: int, text: str, guide: Guide, *, throttle_seconds: float, reason: str = ""
) -> RushesError | None:
    """The error of a code with which the click was answered; None when it does not say "not accepted"."""
    if code not in REFUSED_CODES:
        return None
    if code == UNAUTHENTICATED:
        return signed_out()
    error = error_of(text, guide, throttle_seconds=throttle_seconds, reason=reason)
    if not isinstance(error, GenerationFailed):
        return error
    if code in {PERMISSION_DENIED, RESOURCE_EXHAUSTED}:
        return throttled(error.message, throttle_seconds)
    # Not accepted, and no reason that is known: as when it is busy, it is tried a few times.
    return RetryLater(error.message, error_type=ErrorType.HIGH_DEMAND)


def before_acceptance(error: RushesError) -> RushesError:
    """An error as `submit` may raise it: a failure to generate is there "try again later"."""
    if isinstance(error, GenerationFailed):
        return RetryLater(error.message, error_type=ErrorType.HIGH_DEMAND, hint=error.hint)
    return error


def throttled(said: str, seconds: float) -> RetryLater:
    """The whole account rests."""
    return RetryLater(said, error_type=ErrorType.RATE_LIMITED, after=seconds)


def used_up(said: str, error_type: ErrorType) -> RetryLater:
    """Nothing more until the allowance is given anew. Flow does not say when: it is tried each midnight."""
    return RetryLater(said, error_type=error_type, after=_until_midnight())


def signed_out() -> ActionNeeded:
    """Somebody has to sign in."""
    return ActionNeeded(
        "The Flow account is signed out.",
        error_type=ErrorType.AUTH,
        hint="Sign in again (`rushes flow login`); the shots continue automatically.",
    )


def _until_midnight() -> float:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=5, second=0, microsecond=0)
    return (midnight - now).total_seconds()
