"""The one answer to "why does this not start, until when, and who acts?", for a take and for a job.

Reasons that need somebody are written on the take (`waiting`, see `holds.py` and `outcomes.py`). All others
are found here, when somebody looks, from the same facts the dispatcher decides by: they are true at that
moment, and nothing has to be written when a key has cooled down. Page, command line, API, Studio, the OpenAI
surface, health and the doctor all read this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from rushes.engine.next_step import BEFORE_START, REASONS, NextStep, WaitsOn, next_step, paused_step
from rushes.engine.outages import NO_KEY
from rushes.engine.states import (
    ACTIVE_JOBS,
    OPEN_VIDEOS,
    CredentialState,
    JobStatus,
    VideoStatus,
    WaitingFor,
)
from rushes.engine.wait_rows import InLine, JobFacts, KeyFacts, WaitFacts, first_in_line, read_facts
from rushes.errors import ErrorType
from rushes.platform.db.engine import Executor
from rushes.providers.base import CredentialKind
from rushes.providers.registry import class_of, every_id

MOST_NAMED = 3
"""So many keys are named in a reason."""


@dataclass(frozen=True)
class Wait:
    """Why something does not start. `until` is when it is tried again, where that is known."""

    waiting_for: WaitingFor | WaitsOn
    reason: str
    until: datetime | None
    next: NextStep
    error_type: ErrorType | None = None
    provider: str | None = None
    """The provider of the take, where that is known."""

    @property
    def is_usual(self) -> bool:
        """Whether it is what every queue has: others go first, or there is a short wait between two."""
        return self.waiting_for in (WaitsOn.TURN, WaitsOn.SPACING)

    @property
    def is_blocked(self) -> bool:
        """Whether something that somebody can do something about keeps it from starting."""
        return not self.is_usual and self.waiting_for is not WaitsOn.RETRY


class QueuedTake(Protocol):
    """A take that has not begun."""

    @property
    def job_id(self) -> UUID: ...
    @property
    def shot_id(self) -> UUID: ...
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def retry_at(self) -> datetime | None: ...
    @property
    def error_message(self) -> str | None: ...


class TakeState(QueuedTake, Protocol):
    """A take, as its row has it."""

    @property
    def status(self) -> str: ...
    @property
    def waiting_for(self) -> str | None: ...
    @property
    def error_type(self) -> str | None: ...
    @property
    def submission_id(self) -> UUID | None: ...


class Waits:
    """Answers for the takes of some jobs, from facts that were read once."""

    def __init__(self, facts: WaitFacts) -> None:
        self._facts = facts
        self._jobs = {each.id: each for each in facts.jobs}
        self._faulted = {each.id: each for each in facts.faulted}
        self._outages = {(each.provider, each.credential_id): each for each in facts.outages}
        self._seen: dict[tuple[UUID, str, str, UUID | None], Wait] = {}

    def of_take(self, take: TakeState) -> Wait | None:
        """Return why a take does not move; None for one that does, or has ended."""
        status = VideoStatus(take.status)
        if status is VideoStatus.WAITING:
            return self._waiting(take)
        if status is VideoStatus.GENERATING:
            return self._generating(take)
        return self.of_queued(take) if status is VideoStatus.QUEUED else None

    def of_queued(self, take: QueuedTake) -> Wait | None:
        """Return why a queued take has not begun; None when its job has ended."""
        job = self._jobs.get(take.job_id)
        if job is None or job.status not in (JobStatus.PENDING, *ACTIVE_JOBS):
            return None
        if (stopped := of_job_status(job)) is not None:
            return stopped
        if take.retry_at is not None and take.retry_at > self._facts.now:
            said = take.error_message or "It was not accepted the last time."
            return _wait(WaitsOn.RETRY, said, take.retry_at)
        pin = self._facts.pins.get(take.shot_id)
        case = (job.owner_id, take.provider, take.model, pin)
        if case not in self._seen:
            self._seen[case] = replace(self._of_provider(*case), provider=take.provider)
        return self._seen[case]

    def of_idle_job(self, job_id: UUID, first: InLine | None) -> Wait | None:
        """Return why a job does not start anything, given its first take in line."""
        job = self._jobs.get(job_id)
        if job is None:
            return None
        if (stopped := of_job_status(job)) is not None:
            return stopped
        return self.of_queued(first) if first is not None else None

    def _waiting(self, take: TakeState) -> Wait:
        waiting_for = WaitingFor(take.waiting_for or WaitingFor.PERSON)
        error_type = ErrorType(take.error_type) if take.error_type else None
        step = next_step(VideoStatus.WAITING, waiting_for, error_type)
        assert step is not None
        reason = take.error_message or f"It waits for {step.whom}."
        return Wait(waiting_for, reason, take.retry_at, step, error_type)

    def _generating(self, take: TakeState) -> Wait | None:
        job = self._jobs.get(take.job_id)
        if job is not None and job.status is JobStatus.PAUSED and job.paused_by != "user":
            return of_job_status(job)
        if take.provider not in self._facts.queues:
            return self._no_worker(take.provider)
        fault = self._faulted.get(take.submission_id) if take.submission_id else None
        if fault is None:
            return None
        return _wait(WaitsOn.RETRY, fault.error or "It could not be looked at.", fault.until)

    def _of_provider(self, owner: UUID, provider: str, model: str, pin: UUID | None) -> Wait:
        if provider not in self._facts.queues:
            return self._no_worker(provider)
        title, what = _words_of(provider)
        keys = [
            each for each in self._facts.keys if each.owner_id == owner and (pin is None or each.id == pin)
        ]
        if what is None and not any(provider in (*each.serves, *each.refused) for each in keys):
            outage = self._outages.get((provider, NO_KEY))
            return self._turn(provider) if outage is None else _outage(title, outage.error, outage.until)
        usable = [each for each in keys if each.state == CredentialState.READY and provider in each.serves]
        if not usable:
            return _no_key(keys, provider, title, what or "key")
        blocked = [self._of_key(each, provider, model, title) for each in usable]
        if any(each is None for each in blocked):
            return self._turn(provider)
        waits = sorted((each for each in blocked if each is not None), key=_end)
        reason = " ".join(dict.fromkeys(each.reason for each in waits[:MOST_NAMED]))
        first = waits[0]
        return replace(first, reason=reason)

    def _of_key(self, key: KeyFacts, provider: str, model: str, title: str) -> Wait | None:
        """Return what keeps a key from being used for a model now; the longest of several waits."""
        now, waits = self._facts.now, list[Wait]()
        if key.resting_until is not None and key.resting_until > now:
            waits.append(_cool_down(key.name, title, key.resting_for, key.resting_until))
        for rest in key.rests:
            if (rest.provider, rest.model) == (provider, model) and rest.until > now:
                waits.append(_cool_down(key.name, f"{title} {model}", rest.error_type, rest.until))
        if (outage := self._outages.get((provider, key.id))) is not None:
            waits.append(_outage(title, outage.error, outage.until))
        if key.spaced_until is not None and key.spaced_until > now:
            said = f"{title} is given new videos at intervals."
            waits.append(_wait(WaitsOn.SPACING, said, key.spaced_until))
        return max(waits, key=_end, default=None)

    def _no_worker(self, provider: str) -> Wait:
        title, _ = _words_of(provider)
        if not self._facts.queues:
            return _wait(WaitsOn.WORKER, "No worker is alive, so nothing starts.", None)
        return _wait(WaitsOn.WORKER, f"No worker that is alive works for {title}.", None)

    def _turn(self, provider: str) -> Wait:
        busy = self._facts.busy.get(provider, 0)
        others = f" {busy} in progress go first." if busy else ""
        return _wait(WaitsOn.TURN, f"It waits for its turn.{others}", None)


async def look(session: Executor, takes: Iterable[TakeState]) -> Waits | None:
    """Read what keeps takes from starting, once for all of them; None when none of them is open."""
    jobs = {take.job_id for take in takes if take.status in OPEN_VIDEOS}
    return Waits(await read_facts(session, sorted(jobs))) if jobs else None


async def of_jobs(session: Executor, job_ids: Sequence[UUID]) -> Mapping[UUID, Wait]:
    """Return, by job, why nothing of it starts: of a job that is not started, is paused, or has a queue."""
    if not job_ids:
        return {}
    waits = Waits(await read_facts(session, job_ids))
    first = await first_in_line(session, job_ids)
    found = {each: waits.of_idle_job(each, first.get(each)) for each in job_ids}
    return {each: wait for each, wait in found.items() if wait is not None}


def of_job_status(job: JobFacts) -> Wait | None:
    """Return why a job that is not processing starts nothing."""
    if job.status is JobStatus.PENDING:
        return _wait(WaitsOn.START, "The job has not been started.", None)
    if job.status is not JobStatus.PAUSED:
        return None
    reason = job.pause_reason or "The job is paused."
    if job.paused_by in (None, "user"):
        return _wait(WaitsOn.RESUME, reason, None)
    fault = ErrorType(job.paused_by)
    return Wait(WaitsOn.INSTALLATION, reason, None, paused_step(fault), fault)


def _wait(
    waits_on: WaitsOn, reason: str, until: datetime | None, error_type: ErrorType | None = None
) -> Wait:
    return Wait(waits_on, reason, until, BEFORE_START[waits_on], error_type)


def _end(wait: Wait) -> float:
    return wait.until.timestamp() if wait.until else float("inf")


def _outage(title: str, error: str, until: datetime) -> Wait:
    reason = f"{title} does not answer properly: {error} One video tries again then; the others wait for it."
    return _wait(WaitsOn.OUTAGE, reason, until, ErrorType.OUTAGE)


def _cool_down(name: str, what: str, error_type: ErrorType | None, until: datetime) -> Wait:
    why = REASONS[error_type].what if error_type else "It was limited."
    return _wait(WaitsOn.COOL_DOWN, f"{name} is cooling down for {what}: {why}", until, error_type)


def _no_key(keys: Sequence[KeyFacts], provider: str, title: str, what: str) -> Wait:
    known = [
        f"{each.name}: {each.refused.get(provider) or each.state_reason or each.state}"
        for each in keys
        if provider in each.serves or provider in each.refused
    ]
    which = f" ({'; '.join(known[:MOST_NAMED])})" if known else ""
    return _wait(WaitsOn.KEY, f"No {what} for {title} can be used{which}.", None, ErrorType.AUTH)


def _words_of(provider: str) -> tuple[str, str | None]:
    """Return a provider's title and what pays for it; None when it needs nothing."""
    if provider not in every_id():
        return provider, None
    cls = class_of(provider)
    if cls.credential is None:
        return cls.title, None
    return cls.title, "sign-in" if cls.credential is CredentialKind.FLOW_ACCOUNT else "key"
