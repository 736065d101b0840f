"""The shapes of an installation's upkeep: its periodic tasks, and tasks that fail unforeseen."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from rushes.platform.told import ToldText


class PeriodicState(StrEnum):
    """`ok`; `failing`: the last round failed, and the next one comes; `overdue`: no round begins or ends."""

    OK = "ok"
    FAILING = "failing"
    OVERDUE = "overdue"


class PeriodicTaskView(BaseModel):
    """One periodic task of the workers, on all machines together."""

    name: str
    state: PeriodicState
    interval_seconds: float = Field(description="Seconds from the end of a round to the next.")
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: ToldText | None = Field(description="What the last failure was, in a line.")
    failures: int = Field(description="Rounds that failed, ever.")
    failures_in_a_row: int = Field(description="Rounds that failed since one succeeded.")


class TaskFailureView(BaseModel):
    """A task of the queue that fails in a way nobody foresaw: a bug of Rushes. It is tried again."""

    task: str
    subject: str = Field(description="The ids of what it works on, as JSON.")
    tries: int
    first_at: datetime
    last_at: datetime
    error: ToldText = Field(description="In a line. The log of the worker has the traceback.")
