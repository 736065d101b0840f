"""The types of messages that are sent out: the one list, with what each says. The API's description, the
page, the command line and the guide read it; the trigger of migration 0039 writes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field


class MessageType(StrEnum):
    """What happened."""

    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    JOB_NEEDS_YOU = "job.needs_you"
    VIDEO_COMPLETED = "video.completed"
    VIDEO_FAILED = "video.failed"
    VIDEO_NEEDS_YOU = "video.needs_you"
    STORY_NEEDS_YOU = "story.needs_you"
    FILM_COMPLETED = "film.completed"
    FILM_FAILED = "film.failed"
    UPSCALE_COMPLETED = "upscale.completed"
    UPSCALE_FAILED = "upscale.failed"
    SIGN_IN_EXPIRED = "sign_in.expired"
    KEY_SET_ASIDE = "key.set_aside"
    BUDGET_REACHED = "budget.reached"
    DISK_LOW = "disk.low"
    WORKER_GONE = "worker.gone"
    BACKUP_FAILED = "backup.failed"
    PING = "ping"


class MessageLinks(BaseModel):
    """Where to look: absolute where RUSHES_PUBLIC_URL is set, else from the root of the server."""

    page: str | None = Field(None, description="For a person.")
    api: str | None = Field(None, description="For a program.")


class MessageData(BaseModel):
    """What every message says."""

    space_id: UUID
    links: MessageLinks


class JobMessage(MessageData):
    """Of a job."""

    job_id: UUID
    job_name: str | None = Field(None, description="Left out where the job was deleted since.")
    job_kind: str | None = Field(None, description="`batch`, `studio`, `openai` or `story`.")
    status: str | None = None
    pause_reason: str | None = Field(None, description="Why it is paused.")
    waiting_for: str | None = Field(None, description="What one of its takes waits for.")
    error_type: str | None = Field(None, description="Of that take.")


class VideoMessage(JobMessage):
    """Of a take."""

    video_id: UUID


class StoryMessage(MessageData):
    """Of a story: a voice-over, a picture or a script waits."""

    story_id: UUID | None = Field(None, description="Left out for what no story asked for.")
    kind: str | None = Field(None, description="`voice`, `picture` or `script`.")
    waiting_for: str | None = None
    error_type: str | None = None


class WorkMessage(MessageData):
    """Of a film or an upscaled video."""

    work_id: UUID
    job_id: UUID | None = None
    video_id: UUID | None = None
    status: str
    error: str | None = Field(None, description="Why it failed.")


class CredentialMessage(MessageData):
    """Of a key or a Flow sign-in."""

    credential_id: UUID
    name: str
    provider: str
    status: str
    reason: str | None = None


class BudgetMessage(MessageData):
    """Of a cap that is reached: of the job, the day or the month. What waits continues below it."""

    job_id: UUID | None = None
    job_name: str | None = None
    story_id: UUID | None = None


class InstallationMessage(MessageData):
    """Of the installation itself. Sent to the personal spaces of its admins."""

    message: str


class PingMessage(MessageData):
    """Of nothing: somebody tests the receiver."""


@dataclass(frozen=True)
class Described:
    """`title` is for a person; `default`: new webhooks are sent it when they name no types."""

    title: str
    data: type[MessageData]
    default: bool = True


TYPES: dict[MessageType, Described] = {
    MessageType.JOB_COMPLETED: Described("A job has ended", JobMessage),
    MessageType.JOB_FAILED: Described("A job has ended without a video", JobMessage),
    MessageType.JOB_CANCELLED: Described("A job was cancelled", JobMessage),
    MessageType.JOB_NEEDS_YOU: Described("A job needs you", JobMessage),
    MessageType.VIDEO_COMPLETED: Described("A take is ready", VideoMessage, default=False),
    MessageType.VIDEO_FAILED: Described("A take failed", VideoMessage, default=False),
    MessageType.VIDEO_NEEDS_YOU: Described("A take needs you", VideoMessage, default=False),
    MessageType.STORY_NEEDS_YOU: Described("A story needs you", StoryMessage),
    MessageType.FILM_COMPLETED: Described("A film is rendered", WorkMessage),
    MessageType.FILM_FAILED: Described("A film could not be rendered", WorkMessage),
    MessageType.UPSCALE_COMPLETED: Described("A video is upscaled", WorkMessage, default=False),
    MessageType.UPSCALE_FAILED: Described("A video could not be upscaled", WorkMessage),
    MessageType.SIGN_IN_EXPIRED: Described("A Flow sign-in has expired", CredentialMessage),
    MessageType.KEY_SET_ASIDE: Described("A key is not accepted any more", CredentialMessage),
    MessageType.BUDGET_REACHED: Described("A budget is reached", BudgetMessage),
    MessageType.DISK_LOW: Described("The disk is nearly full", InstallationMessage),
    MessageType.WORKER_GONE: Described("No worker serves a queue any more", InstallationMessage),
    MessageType.BACKUP_FAILED: Described("The backup failed, or is too old", InstallationMessage),
    MessageType.PING: Described("A test", PingMessage, default=False),
}
CHOOSABLE = tuple(each for each in MessageType if each is not MessageType.PING)
"""What a receiver can be sent; a test needs no choice."""
DEFAULT_TYPES = tuple(each for each in CHOOSABLE if TYPES[each].default)


class SentMessage(BaseModel):
    """The body of a webhook, with the `data` of its type."""

    type: MessageType
    timestamp: datetime = Field(description="When it happened.")
    data: MessageData


def links_of(message_type: MessageType, ids: dict[str, str], public_url: str | None) -> MessageLinks:
    """Return where to look at what a message is about."""
    base = public_url or ""
    job, video, story, work = (ids.get(name) for name in ("job_id", "video_id", "story_id", "work_id"))
    page = api = None
    if job:
        page, api = f"{base}/jobs/{job}", f"{base}/api/jobs/{job}"
    elif story:
        page, api = f"{base}/stories/{story}", f"{base}/api/stories/{story}"
    if message_type in (MessageType.SIGN_IN_EXPIRED, MessageType.KEY_SET_ASIDE):
        page, api = f"{base}/settings", f"{base}/api/needs"
    elif TYPES[message_type].data is InstallationMessage:
        page, api = f"{base}/settings", f"{base}/api/health"
    if video:
        api = f"{base}/api/videos/{video}"
    if work and message_type in (MessageType.FILM_COMPLETED, MessageType.FILM_FAILED):
        page, api = page or f"{base}/stories", f"{base}/api/films/{work}"
    return MessageLinks(page=page, api=api)
