"""Local work: what this installation computes itself, for minutes, in child processes. One mechanism for all.

A kind (`WorkKind`) says what is made and what is stored of it; everything else is the same for all kinds: the
row with its progress, one task in the queue of the kind's name, the claim and its lease, cancelling, taking
over what a dead worker had, the order in which pieces come. `local_work_run.py` carries a piece to its end.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import local_work_rows as rows
from rushes.engine.local_work_rows import ClaimedWork, NewWork
from rushes.engine.local_work_states import WorkPriority
from rushes.engine.runtime import Runtime
from rushes.platform.db.queue import abort_tasks, defer, local_work_lock, local_work_task, move_tasks_up
from rushes.platform.storage.bucket import Stored
from rushes.settings import Settings

ParamsT = TypeVar("ParamsT", bound=BaseModel)


@dataclass(frozen=True)
class NewFile:
    """A file that was made, and is to be stored."""

    path: Path
    media_type: str


@dataclass(frozen=True)
class Made:
    """What a try has made and checked. `result` goes into the row, `files` into the storage."""

    result: Mapping[str, JsonValue]
    files: Sequence[NewFile] = ()


@dataclass(frozen=True)
class WorkTry(Generic[ParamsT]):
    """One try at a piece of work. Everything it writes goes into `folder`, which is deleted after it."""

    work: ClaimedWork
    params: ParamsT
    folder: Path
    progress: Callable[[float], None]
    """Reports 0..1, as often as one likes; it reaches the row at most twice a second."""


class WorkKind(ABC, Generic[ParamsT]):
    """One kind of local work. Its name is the name of its queue and of its events."""

    name: ClassVar[str]
    stored_as: ClassVar[str]
    """The folder of its files in the storage, below the one of their job."""
    resumes: ClassVar[bool] = False
    """True: what earlier tries on this machine have left in the folder (pieces of a film) is there for the
    next. False: every try has a folder to itself and starts from nothing."""
    keep_days: ClassVar[float | None] = 30.0
    """Days after which the row of ended work is deleted. None: it stays as long as its job and its video."""
    params_type: type[ParamsT]

    @abstractmethod
    def concurrency(self, settings: Settings) -> int:
        """How many pieces one worker makes at once."""

    @abstractmethod
    async def make(self, run: Runtime, attempt: WorkTry[ParamsT]) -> Made:
        """Make it, in child processes (`run_ffmpeg`, `run_child`), and check the result.

        It is cancelled when the work is; the children die with that. Raises `RetryLater` or `SystemFault`
        when waiting helps, any other error of the tree when the work has failed.
        """

    async def record(
        self, session: AsyncSession, attempt: WorkTry[ParamsT], made: Made, stored: Sequence[Stored]
    ) -> Sequence[str]:
        """Write what the domain keeps of the result, in the transaction that completes the work.

        Its job and its video are locked. Returns the keys of stored bytes that nobody needs any more.
        """
        return ()

    async def failed(self, session: AsyncSession, work: ClaimedWork) -> None:
        """Write what the domain keeps of a failure, in the transaction that writes it into the row."""


AnyKind = WorkKind[Any]
KINDS: dict[str, AnyKind] = {}
"""The kinds by name. The worker registers them."""


def register(kind: AnyKind) -> None:
    """Have the workers of this process make this kind of work."""
    KINDS[kind.name] = kind


async def add_work(
    session: AsyncSession,
    kind: WorkKind[ParamsT],
    owner: UUID,
    new: Sequence[NewWork],
    priority: WorkPriority = WorkPriority.BATCH,
) -> None:
    """Queue work with this transaction. A subject has at most one open piece of a kind: check that before."""
    await rows.add(session, kind.name, owner, new, priority)
    await defer(session, [local_work_task(each.id, kind.name, priority) for each in new])


async def cancel_work(session: AsyncSession, work_ids: Sequence[UUID]) -> list[UUID]:
    """Cancel what has not ended; when this commits, its child processes are killed wherever they run.

    Returns what was open. Its job or its videos are locked by the caller, if it locks them at all.
    """
    cancelled = await rows.cancel(session, work_ids)
    if cancelled:
        await abort_tasks(session, [local_work_lock(each) for each in cancelled])
    return cancelled


async def cancel_work_of(
    session: AsyncSession, *, video_ids: Sequence[UUID] = (), job_id: UUID | None = None
) -> list[UUID]:
    """Cancel what is being made of videos or of a job, whoever asked for it."""
    return await cancel_work(session, await rows.open_work(session, video_ids=video_ids, job_id=job_id))


async def move_up(session: AsyncSession, work_ids: Sequence[UUID], priority: WorkPriority) -> None:
    """Let work that has not begun come sooner, because somebody waits for it by now."""
    moved = await rows.raise_priority(session, work_ids, priority)
    if moved:
        await move_tasks_up(session, [local_work_lock(each) for each in moved], priority)


async def defer_unattended(session: AsyncSession, silent_seconds: float) -> None:
    """Put a task into the queue for open work that has none and of which nothing was heard for that long."""
    dropped = await rows.unattended(session, silent_seconds)
    await defer(session, [local_work_task(each.id, each.kind, each.priority) for each in dropped])


async def prune_work(session: AsyncSession) -> None:
    """Delete the rows of work that ended longer ago than its kind keeps them."""
    for kind in KINDS.values():
        if kind.keep_days is not None:
            await rows.prune(session, kind.name, kind.keep_days)
