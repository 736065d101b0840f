"""The tables of the installation itself: who it is, and how its periodic work and its tasks fare."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, CheckConstraint, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from rushes.platform.db.models import Base

__all__ = [
    "Base",
    "InstallationRow",
    "PeriodicTaskRow",
    "ProviderOutageRow",
    "TaskFailureRow",
    "WorkerQueuesRow",
]


class InstallationRow(Base):
    """Who this installation is: one row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("singleton", name="installation_is_one_row"),)

    singleton: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    id: Mapped[UUID] = mapped_column(default=uuid4, server_default=text("gen_random_uuid()"))
    bucket_turns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """The turns that the mark in the bucket may name (see `actions.ownership`)."""
    incarnation: Mapped[UUID | None]
    """Another one after each restored backup or copy: events of an earlier one are not followed."""
    database_mark: Mapped[str | None]
    """Which database this is: the cluster's system identifier and the database's number."""
    folder_mark: Mapped[str | None]
    """When the data folder's own file was last changed, where the database is in it."""
    bucket_mark: Mapped[str | None]
    """The last mark of the bucket that was noticed as another copy's."""
    restored_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PeriodicTaskRow(Base):
    """How one periodic task fares on one machine; all its workers there write the same row."""

    __tablename__ = "periodic_tasks"

    name: Mapped[str] = mapped_column(primary_key=True)
    machine: Mapped[str] = mapped_column(primary_key=True)
    interval_seconds: Mapped[float]
    started_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    """Of the last failure; kept when the task has succeeded since."""
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Failures ever."""
    failures_in_a_row: Mapped[int] = mapped_column(server_default=text("0"))


class ProviderOutageRow(Base):
    """A provider (with one key) whose creates are not answered properly; deleted once one is."""

    __tablename__ = "provider_outages"

    provider: Mapped[str] = mapped_column(primary_key=True)
    credential_id: Mapped[UUID] = mapped_column(primary_key=True)
    """All zeros where no key is needed."""
    failures: Mapped[int]
    """In a row."""
    rounds: Mapped[int]
    """How often it was waited for."""
    error: Mapped[str]
    """What was answered last."""
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    until: Mapped[datetime | None]
    """Nothing but the probe is sent before; none while the failures are few."""
    probe: Mapped[UUID | None]
    """The submission that tries it."""


class TaskFailureRow(Base):
    """A task of the queue that fails in a way nobody foresaw. Deleted once the task succeeds."""

    __tablename__ = "task_failures"

    task: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """The task's arguments as JSON: the ids of what it works on."""
    tries: Mapped[int]
    error: Mapped[str]
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WorkerQueuesRow(Base):
    """The queues that a worker serves; it is alive while its heartbeat is younger than `silent_seconds`."""

    __tablename__ = "worker_queues"

    worker: Mapped[str] = mapped_column(primary_key=True)
    queues: Mapped[list[str]] = mapped_column(ARRAY(Text))
    heartbeat: Mapped[datetime] = mapped_column(server_default=func.now())
    silent_seconds: Mapped[float]
