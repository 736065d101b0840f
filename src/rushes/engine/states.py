"""The states of jobs, videos (takes), generations and submissions, and every change between them.

What writes a state names a `StateTransition`; the statement looks for its `sources` and writes `target`. The
drawing in docs/guide/states.md is made from them, and a test drives the engine at random and compares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rushes.errors import ErrorType


class JobStatus(StrEnum):
    """`completed` may hold failed videos (partial success); `failed` has no video at all."""

    PENDING = "pending"
    PROCESSING = "processing"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """How a job came about. Lists of jobs show batches; the others have pages and routes of their own."""

    BATCH = "batch"
    STUDIO = "studio"  # one prompt, asked for in the Studio (`/api/video_chat`)
    OPENAI = "openai"  # one prompt, asked for by an OpenAI client (`/v1/videos`)
    STORY = "story"  # the scenes of a story (`/api/stories`); `session_id` is the story's id


class VideoStatus(StrEnum):
    """One take, or one generation. `waiting` says in `waiting_for` who must act."""

    QUEUED = "queued"
    GENERATING = "generating"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WaitingFor(StrEnum):
    """Who a waiting video or generation waits for."""

    PERSON = "person"
    BUDGET = "budget"
    PROVIDER = "provider"
    UNCERTAIN = "uncertain"


class SubmissionState(StrEnum):
    """The ledger's states.

    claimed      the row is there; whatever costs money has not been sent
    submitting   its first byte is out; a crash here leaves it uncertain
    submitted    the provider gave a remote id
    completed    every take that came is stored
    failed       accepted, but nothing came of it
    released     definitely refused: nothing was accepted, nothing is to be paid
    uncertain    it may have been accepted; never sent again by itself
    cancelled    given up by the user
    """

    CLAIMED = "claimed"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    FAILED = "failed"
    RELEASED = "released"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class SubjectKind(StrEnum):
    """What a submission is for. Its ids are those of the rows that wait for it; it may have none."""

    TAKES = "takes"
    VOICE = "voice"
    PICTURE = "picture"
    SCRIPT = "script"


SUBJECT_TITLES = {
    SubjectKind.TAKES: "videos",
    SubjectKind.VOICE: "voice-overs",
    SubjectKind.PICTURE: "pictures",
    SubjectKind.SCRIPT: "scripts",
}
"""The kinds for a person."""


class CredentialState(StrEnum):
    """Whether a key or account may be used. Resting is no state: a ready one rests until a time.

    ready         may be used, when it does not rest
    disabled      switched off by its owner
    invalid       the service does not take it; a working one is needed
    needs_auth    a Flow account that is signed out: its owner signs in again
    needs_person  the service wants its owner: sign in, top up, accept
    deleted       gone; its name stays for the books
    """

    READY = "ready"
    DISABLED = "disabled"
    INVALID = "invalid"
    NEEDS_AUTH = "needs_auth"
    NEEDS_PERSON = "needs_person"
    DELETED = "deleted"


def set_aside_state(error_type: ErrorType, *, account: bool) -> CredentialState:
    """In which state a key (or a Flow account) waits for its owner, by what the service said."""
    if error_type is not ErrorType.AUTH:
        return CredentialState.NEEDS_PERSON
    return CredentialState.NEEDS_AUTH if account else CredentialState.INVALID


class Decision(StrEnum):
    """What the owner says of an uncertain submission."""

    RETRY = "retry"
    MADE = "made"
    GIVE_UP = "give_up"


OPEN_VIDEOS = (VideoStatus.QUEUED, VideoStatus.GENERATING, VideoStatus.WAITING)
ENDED_VIDEOS = (VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED)
OVERDUE_VIDEOS = (VideoStatus.FAILED, VideoStatus.WAITING)
"""Takes that are not there, and are told of as such."""
STALLED_VIDEOS = (VideoStatus.QUEUED, VideoStatus.WAITING)
"""Takes that are to be made and nobody is making."""
RUNNING_VIDEOS = (VideoStatus.QUEUED, VideoStatus.GENERATING)
"""Takes that continue automatically."""
RECHECKED = (WaitingFor.PERSON, WaitingFor.BUDGET, WaitingFor.PROVIDER)
"""What the dispatcher looks at again: whether a waiting take may continue now."""
ACTIVE_JOBS = (JobStatus.PROCESSING, JobStatus.PAUSED)
ENDED_JOBS = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
MAYBE_ACCEPTED = (SubmissionState.SUBMITTING, SubmissionState.SUBMITTED)
"""Sent, perhaps accepted: such a submission is carried on, and its videos are never asked for anew."""
ACTIVE_SUBMISSIONS = (SubmissionState.CLAIMED, *MAYBE_ACCEPTED)
UNSETTLED_SUBMISSIONS = (*ACTIVE_SUBMISSIONS, SubmissionState.UNCERTAIN)
"""What they cost is not known yet: their estimate counts."""


def sql_list(states: Sequence[StrEnum]) -> str:
    """The states as an SQL list, for `IN`: `('queued', 'waiting')`. None of them holds a quote."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


StateT = TypeVar("StateT", bound=StrEnum)


@dataclass(frozen=True)
class StateTransition(Generic[StateT]):
    """From any of `sources` to `target`. No source: the row is created. `cause` is what the drawing says."""

    cause: str
    sources: tuple[StateT, ...]
    target: StateT


class TakeChanges:
    """Of a take (`videos.status`)."""

    CREATE = StateTransition("created by a start, a new prompt or a change", (), VideoStatus.QUEUED)
    CLAIM = StateTransition("the dispatcher claims it", (VideoStatus.QUEUED,), VideoStatus.GENERATING)
    BLOCK = StateTransition("no key or budget for it", (VideoStatus.QUEUED,), VideoStatus.WAITING)
    UNBLOCK = StateTransition("a key or budget is there", (VideoStatus.WAITING,), VideoStatus.QUEUED)
    LOOK_AGAIN = StateTransition(
        "its submission is open: it continues",
        (VideoStatus.WAITING, VideoStatus.CANCELLED),
        VideoStatus.GENERATING,
    )
    COMPLETE = StateTransition("stored", (VideoStatus.GENERATING,), VideoStatus.COMPLETED)
    FAIL = StateTransition("refused, or tried often enough", (VideoStatus.GENERATING,), VideoStatus.FAILED)
    REQUEUE = StateTransition(
        "tried again later, or with another key", (VideoStatus.GENERATING,), VideoStatus.QUEUED
    )
    SUSPEND = StateTransition("somebody has to act", (VideoStatus.GENERATING,), VideoStatus.WAITING)
    RETRY = StateTransition(
        "retry", (VideoStatus.FAILED, VideoStatus.CANCELLED, VideoStatus.WAITING), VideoStatus.QUEUED
    )
    MOVE = StateTransition("moved to another provider", (VideoStatus.WAITING,), VideoStatus.QUEUED)
    STRAND = StateTransition("no other provider can make it", (VideoStatus.WAITING,), VideoStatus.FAILED)
    DECIDE = StateTransition(
        "decided: made elsewhere, or given up", (VideoStatus.WAITING,), VideoStatus.FAILED
    )
    CANCEL = StateTransition("cancel", OPEN_VIDEOS, VideoStatus.CANCELLED)


class GenerationChanges:
    """Of a generation (`generations.status`): a voice-over, a picture or a script."""

    CREATE = StateTransition("asked for", (), VideoStatus.QUEUED)
    CLAIM = StateTransition("the dispatcher claims it", (VideoStatus.QUEUED,), VideoStatus.GENERATING)
    BLOCK = StateTransition("no key or budget for it, or paused", (VideoStatus.QUEUED,), VideoStatus.WAITING)
    UNBLOCK = StateTransition("a key or budget is there", (VideoStatus.WAITING,), VideoStatus.QUEUED)
    COMPLETE = StateTransition(
        "its reply is stored, also a late one",
        (*OPEN_VIDEOS, VideoStatus.FAILED, VideoStatus.CANCELLED),
        VideoStatus.COMPLETED,
    )
    FAIL = StateTransition("refused, or tried often enough", (VideoStatus.GENERATING,), VideoStatus.FAILED)
    REQUEUE = StateTransition(
        "tried again later, or with another key", (VideoStatus.GENERATING,), VideoStatus.QUEUED
    )
    SUSPEND = StateTransition("somebody has to act", (VideoStatus.GENERATING,), VideoStatus.WAITING)
    LOOK_AGAIN = StateTransition(
        "its call is open: it continues",
        (VideoStatus.WAITING, VideoStatus.CANCELLED),
        VideoStatus.GENERATING,
    )
    RETRY = StateTransition(
        "retry", (VideoStatus.FAILED, VideoStatus.CANCELLED, VideoStatus.WAITING), VideoStatus.QUEUED
    )
    DECIDE = StateTransition(
        "decided: made elsewhere, or given up", (VideoStatus.WAITING,), VideoStatus.FAILED
    )
    CANCEL = StateTransition("cancel", OPEN_VIDEOS, VideoStatus.CANCELLED)


class SubmissionChanges:
    """Of a submission (`submissions.state`)."""

    CREATE = StateTransition("the dispatcher claims", (), SubmissionState.CLAIMED)
    SEND = StateTransition("its first byte goes out", (SubmissionState.CLAIMED,), SubmissionState.SUBMITTING)
    DECLINE = StateTransition(
        "certainly not accepted",
        (SubmissionState.SUBMITTING, SubmissionState.UNCERTAIN),
        SubmissionState.CLAIMED,
    )
    ACCEPT = StateTransition(
        "the provider gave its id",
        (SubmissionState.CLAIMED, SubmissionState.SUBMITTING, SubmissionState.UNCERTAIN),
        SubmissionState.SUBMITTED,
    )
    COMPLETE = StateTransition(
        "every take that came is stored", (SubmissionState.SUBMITTED,), SubmissionState.COMPLETED
    )
    FAIL = StateTransition("nothing came of it", (SubmissionState.SUBMITTED,), SubmissionState.FAILED)
    RELEASE = StateTransition(
        "definitely refused, or never sent",
        (SubmissionState.CLAIMED, SubmissionState.SUBMITTING),
        SubmissionState.RELEASED,
    )
    LOSE = StateTransition("its answer is lost", (SubmissionState.SUBMITTING,), SubmissionState.UNCERTAIN)
    OVERDUE = StateTransition(
        "it is overdue, or cannot be had", (SubmissionState.SUBMITTED,), SubmissionState.UNCERTAIN
    )
    RESTORE = StateTransition(
        "the database is a restored backup or a copy",
        (SubmissionState.CLAIMED, SubmissionState.SUBMITTING),
        SubmissionState.UNCERTAIN,
    )
    CANCEL = StateTransition("cancel", ACTIVE_SUBMISSIONS, SubmissionState.CANCELLED)
    LOOK_AGAIN = StateTransition(
        "decided: look again", (SubmissionState.UNCERTAIN,), SubmissionState.SUBMITTED
    )
    REVIVE = StateTransition(
        "retry: it had been made when it was cancelled",
        (SubmissionState.CANCELLED,),
        SubmissionState.SUBMITTED,
    )
    MADE = StateTransition("decided: it was made", (SubmissionState.UNCERTAIN,), SubmissionState.COMPLETED)
    GIVE_UP = StateTransition("decided: given up", (SubmissionState.UNCERTAIN,), SubmissionState.CANCELLED)


class JobChanges:
    """Of a job (`jobs.status`)."""

    CREATE = StateTransition("created", (), JobStatus.PENDING)
    START = StateTransition("start", (JobStatus.PENDING,), JobStatus.PROCESSING)
    PAUSE = StateTransition(
        "pause, or a fault of this installation", (JobStatus.PROCESSING,), JobStatus.PAUSED
    )
    RESUME = StateTransition("resume, or the fault is gone", (JobStatus.PAUSED,), JobStatus.PROCESSING)
    COMPLETE = StateTransition(
        "nothing left to do, some takes are there",
        (JobStatus.PROCESSING, JobStatus.PAUSED),
        JobStatus.COMPLETED,
    )
    FAIL = StateTransition(
        "nothing left to do, no take is there", (JobStatus.PROCESSING, JobStatus.PAUSED), JobStatus.FAILED
    )
    REOPEN = StateTransition("retry, regenerate, change, restore or decide", ENDED_JOBS, JobStatus.PROCESSING)
    CANCEL = StateTransition(
        "cancel", (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.PAUSED), JobStatus.CANCELLED
    )


def changes_of(
    diagram: type[TakeChanges] | type[GenerationChanges] | type[SubmissionChanges] | type[JobChanges],
) -> dict[str, StateTransition[StrEnum]]:
    """The transitions of a diagram by name, in the order in which they are written here."""
    return {name: each for name, each in vars(diagram).items() if isinstance(each, StateTransition)}
