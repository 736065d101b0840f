"""The states of jobs, videos and submissions, and which of them are ends."""

from enum import StrEnum

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
    STUDIO = "studio"
    """One prompt, asked for in the Studio (`/api/video_chat`)."""
    OPENAI = "openai"
    """One prompt, asked for by an OpenAI client (`/v1/videos`)."""


class VideoStatus(StrEnum):
    """One take. `waiting` says in `waiting_for` who must act."""

    QUEUED = "queued"
    GENERATING = "generating"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WaitingFor(StrEnum):
    """Who a waiting video waits for."""

    PERSON = "person"
    PROMPT = "prompt"
    BUDGET = "budget"
    PROVIDER = "provider"
    UNCERTAIN = "uncertain"


class SubmissionState(StrEnum):
    """The ledger's states.

    claimed      the row is there, the provider has not been called
    submitting   the call is being made; a crash here leaves it uncertain
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
ENDED_JOBS = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)
MAYBE_ACCEPTED = (SubmissionState.SUBMITTING, SubmissionState.SUBMITTED)
"""Sent, perhaps accepted: such a submission is carried on, and its videos are never asked for anew."""
ACTIVE_SUBMISSIONS = (SubmissionState.CLAIMED, SubmissionState.SUBMITTING, SubmissionState.SUBMITTED)
