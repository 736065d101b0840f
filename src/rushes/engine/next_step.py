"""Who acts next, and how, for every take: the one table that API, page, command line, the Studio, the OpenAI
surface and docs/guide/errors.md are made from.

A case is a status, whom it waits for and the type of its error; the first one that fits holds.
"""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, computed_field

from rushes.engine.states import VideoStatus, WaitingFor
from rushes.errors import Actor, ErrorType


@dataclass(frozen=True)
class NextStep:
    """`actor` acts next: `step` is what that is, in a sentence. `whom` follows "waits for"."""

    actor: Actor
    step: str
    whom: str


@dataclass(frozen=True)
class Case:
    """Takes with this status that wait for this; None fits every error type (and none)."""

    status: VideoStatus
    waiting_for: WaitingFor | None
    error_type: ErrorType | None
    next: NextStep


@dataclass(frozen=True)
class Reason:
    """What an error type means: `what` happened, and what Rushes did about it before the take failed, if it
    did anything."""

    what: str
    meanwhile: str | None
    actor: Actor
    step: str


class WaitsOn(StrEnum):
    """What a take that has not begun, or a job, waits for. `waiting` takes have words of their own
    (`WaitingFor`); these are found out when somebody looks (`waits.py`)."""

    START = "start"
    RESUME = "resume"
    INSTALLATION = "installation"
    """A fault of this installation: no space, no storage, no browser."""
    RETRY = "retry"
    KEY = "key"
    """There is none that can be used; the dispatcher makes the takes wait for a person when it looks."""
    COOL_DOWN = "cool_down"
    SPACING = "spacing"
    OUTAGE = "outage"
    WORKER = "worker"
    TURN = "turn"


_PROMPT = "Change the prompt or the image, then make it again."
_REPORT = "Report it with what the log says, then retry; an update of Rushes may be needed."

REASONS: dict[ErrorType, Reason] = {
    ErrorType.HIGH_DEMAND: Reason(
        "The provider is busy.", "Tried again every 3 minutes, 5 times.", Actor.USER, "Retry later."
    ),
    ErrorType.RATE_LIMITED: Reason(
        "Too many requests at once.", "Tried again after the provider's own wait.", Actor.USER, "Retry later."
    ),
    ErrorType.NETWORK: Reason(
        "The provider could not be reached, or a download was cut off.",
        "Tried again, later and later.",
        Actor.USER,
        "Retry when the network is back.",
    ),
    ErrorType.OUTAGE: Reason(
        "The provider does not answer properly.",
        "One shot tries again, later and later; the others wait for it.",
        Actor.CLOCK,
        "It continues automatically when the provider answers.",
    ),
    ErrorType.TIMEOUT: Reason(
        "An accepted video did not come in time.", None, Actor.USER, "Look at the provider, then retry."
    ),
    ErrorType.EXPIRED: Reason(
        "The provider does not have the video any more.",
        "Looked at again, 3 times, or for as long as the provider keeps videos.",
        Actor.USER,
        "Retry asks for it anew, and costs again.",
    ),
    ErrorType.GENERATION_FAILED: Reason(
        "The provider tried and did not manage.",
        "Asked for again, twice.",
        Actor.USER,
        "Retry, perhaps with a simpler prompt.",
    ),
    ErrorType.QUOTA: Reason(
        "The provider's limit for a day or a month is reached.",
        None,
        Actor.USER,
        "Wait for it to be lifted, or raise it there; then retry.",
    ),
    ErrorType.CREDITS: Reason("The account has no credits left.", None, Actor.USER, "Top it up, then retry."),
    ErrorType.BUDGET: Reason(
        "A limit you set on spending is reached.", None, Actor.USER, "Raise the limit, then retry."
    ),
    ErrorType.AUTH: Reason(
        "There is no key that can be used, or the provider wants you to sign in.",
        None,
        Actor.USER,
        "Add or correct a key, or sign in; then retry.",
    ),
    ErrorType.CONSENT: Reason(
        "The provider wants you to accept something.", None, Actor.USER, "Accept it there, then retry."
    ),
    ErrorType.POLICY_VIOLATION: Reason("The provider will not make this.", None, Actor.PROMPT, _PROMPT),
    ErrorType.PROMINENT_PEOPLE: Reason("It shows or names somebody well known.", None, Actor.PROMPT, _PROMPT),
    ErrorType.MINORS: Reason("It shows a minor.", None, Actor.PROMPT, _PROMPT),
    ErrorType.COPYRIGHT: Reason("It names or shows protected content.", None, Actor.PROMPT, _PROMPT),
    ErrorType.BAD_INPUT: Reason(
        "The provider cannot use this image, prompt or option.", None, Actor.PROMPT, _PROMPT
    ),
    ErrorType.UNCERTAIN: Reason(
        "It may have been accepted (and paid): the answer was lost.",
        None,
        Actor.USER,
        "Look at the provider before you retry: it may have been paid.",
    ),
    ErrorType.PROVIDER_CHANGED: Reason(
        "The provider answered something Rushes does not know.",
        "Looked at again, 3 times.",
        Actor.US,
        _REPORT,
    ),
    ErrorType.DISK_FULL: Reason(
        "There is no room for videos.",
        "The job is paused, and resumes automatically when there is.",
        Actor.OPERATOR,
        "Free some space, then retry.",
    ),
    ErrorType.STORAGE: Reason(
        "The storage cannot be written.",
        "The job is paused, and resumes automatically when it can.",
        Actor.OPERATOR,
        "Check the storage, then retry.",
    ),
    ErrorType.DATABASE: Reason(
        "PostgreSQL does not answer.",
        "Work resumes automatically when it does.",
        Actor.OPERATOR,
        "Start it, then retry.",
    ),
    ErrorType.BROWSER: Reason(
        "The browser that works Flow is not there, or does not start.",
        "The job is paused, and resumes automatically when it does.",
        Actor.OPERATOR,
        "`rushes doctor` says what to install; then retry.",
    ),
    ErrorType.RESTORED: Reason(
        "The database was restored from a backup, or copied.",
        None,
        Actor.USER,
        "Look at the provider what was made since, then resume the job.",
    ),
    ErrorType.INTERNAL: Reason("A fault of Rushes.", None, Actor.US, _REPORT),
}


def _waiting(
    waiting_for: WaitingFor, actor: Actor, step: str, whom: str, error_type: ErrorType | None = None
) -> Case:
    return Case(VideoStatus.WAITING, waiting_for, error_type, NextStep(actor, step, whom))


TABLE: tuple[Case, ...] = (
    Case(
        VideoStatus.QUEUED,
        None,
        None,
        NextStep(Actor.CLOCK, "It starts, or is tried again, automatically.", "its turn"),
    ),
    Case(
        VideoStatus.GENERATING,
        None,
        None,
        NextStep(Actor.CLOCK, "The provider is making it.", "the provider"),
    ),
    _waiting(
        WaitingFor.UNCERTAIN,
        Actor.USER,
        "Decide: retry, it was made, or give up. It is never sent again automatically.",
        "your decision",
    ),
    _waiting(
        WaitingFor.BUDGET,
        Actor.USER,
        "Raise the limit; it continues automatically then, or when the day or month is over.",
        "a budget",
    ),
    _waiting(
        WaitingFor.PROVIDER,
        Actor.CLOCK,
        "It moves to another provider; when none can make it, it fails.",
        "another provider",
    ),
    _waiting(
        WaitingFor.PERSON,
        Actor.USER,
        "Add or correct a key, or sign in; it continues automatically.",
        "you",
        ErrorType.AUTH,
    ),
    _waiting(
        WaitingFor.PERSON, Actor.USER, "Accept it at the provider, then retry.", "you", ErrorType.CONSENT
    ),
    _waiting(WaitingFor.PERSON, Actor.USER, "Do what the message says, then retry.", "you"),
    *(
        Case(VideoStatus.FAILED, None, error_type, NextStep(each.actor, each.step, "a retry"))
        for error_type, each in REASONS.items()
    ),
    Case(VideoStatus.FAILED, None, None, NextStep(Actor.USER, "Retry makes it again.", "a retry")),
    Case(VideoStatus.CANCELLED, None, None, NextStep(Actor.USER, "Retry makes it again.", "a retry")),
)
"""No case fits a completed take: nobody has to act."""


BEFORE_START: dict[WaitsOn, NextStep] = {
    WaitsOn.START: NextStep(Actor.USER, "Start the job.", "its start"),
    WaitsOn.RESUME: NextStep(Actor.USER, "Resume the job.", "you"),
    WaitsOn.INSTALLATION: NextStep(
        Actor.OPERATOR, "It continues automatically when the fault is fixed.", "the operator"
    ),
    WaitsOn.RETRY: NextStep(Actor.CLOCK, "It is tried again automatically.", "its next try"),
    WaitsOn.KEY: NextStep(Actor.USER, "Add or correct a key, or sign in.", "you"),
    WaitsOn.COOL_DOWN: NextStep(
        Actor.CLOCK, "It starts automatically after the wait; another key or sign-in starts it now.", "a key"
    ),
    WaitsOn.SPACING: NextStep(Actor.CLOCK, "It starts automatically after the wait.", "its turn"),
    WaitsOn.OUTAGE: NextStep(
        Actor.CLOCK, "It continues automatically when the provider answers.", "the provider"
    ),
    WaitsOn.WORKER: NextStep(Actor.OPERATOR, "Start a worker: `rushes worker`.", "a worker"),
    WaitsOn.TURN: NextStep(Actor.CLOCK, "It starts automatically.", "its turn"),
}
"""Who acts next on what has not begun."""


def next_step(
    status: VideoStatus, waiting_for: WaitingFor | None, error_type: ErrorType | None
) -> NextStep | None:
    """Return who acts next on such a take, and how. None when it is complete."""
    for case in TABLE:
        if case.status is not status or case.error_type not in (None, error_type):
            continue
        if status is VideoStatus.WAITING and case.waiting_for is not waiting_for:
            continue
        return case.next
    return None


def paused_step(paused_by: ErrorType | None) -> NextStep:
    """Return who acts next on a job that a fault of this installation has paused."""
    reason = REASONS[paused_by or ErrorType.INTERNAL]
    whom = "you" if reason.actor is Actor.USER else "the operator"
    return NextStep(reason.actor, reason.meanwhile or reason.step, whom)


class ActsNext(BaseModel):
    """The fields of a view that say who acts next. A view says by `said_next` what of."""

    def said_next(self) -> NextStep | None:
        """Return the entry of the table; None when nobody has to act."""
        raise NotImplementedError

    @computed_field(description="Who acts next: `clock` is Rushes itself. null when nobody has to.")
    @property
    def next_actor(self) -> Actor | None:
        """Who acts next."""
        said = self.said_next()
        return said.actor if said else None

    @computed_field(description="What is to be done, in a sentence.")
    @property
    def next_step(self) -> str | None:
        """What is to be done."""
        said = self.said_next()
        return said.step if said else None
