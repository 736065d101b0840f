"""The states of a story as a whole, and which of them go on without anybody."""

from enum import StrEnum


class StoryStatus(StrEnum):
    """Where a story is.

    draft      nothing was asked to be made yet
    running    something is being made, or is about to be
    waiting    it waits for somebody; `waiting_for` and `reason` say for whom and why
    review     it stopped for its owner to look
    completed  everything that was asked for is there
    failed     something of it cannot be made; `reason` says what
    cancelled  it was stopped by its owner
    """

    DRAFT = "draft"
    RUNNING = "running"
    WAITING = "waiting"
    REVIEW = "review"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_STORIES = (StoryStatus.RUNNING, StoryStatus.WAITING)
"""Stories whose task looks for what is next."""


class JobWord(StrEnum):
    """The state of long work as clients of the older systems know it."""

    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


def word_of(status: StoryStatus) -> JobWord:
    """Return the older systems' word for a status."""
    match status:
        case StoryStatus.DRAFT:
            return JobWord.QUEUED
        case StoryStatus.RUNNING | StoryStatus.WAITING | StoryStatus.REVIEW:
            return JobWord.PROCESSING
        case StoryStatus.COMPLETED:
            return JobWord.COMPLETED
        case StoryStatus.FAILED | StoryStatus.CANCELLED:
            return JobWord.FAILED
