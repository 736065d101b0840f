"""Health: what a monitor, a load balancer and `rushes doctor` ask. Answers also when much is broken."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from rushes import __version__
from rushes.api.deps import AskedHere, Run
from rushes.api.examples import answers
from rushes.api.problems import DATABASE_GONE
from rushes.engine import upkeep
from rushes.engine.credentials import available
from rushes.engine.flow_rows import Counts, counts
from rushes.engine.flow_views import FLOW
from rushes.engine.installation_waits import installation_waits
from rushes.engine.runtime import Runtime
from rushes.engine.upkeep_views import PeriodicState, PeriodicTaskView, TaskFailureView
from rushes.engine.wait_views import WaitView
from rushes.engine.workers import workers_alive
from rushes.errors import Actor
from rushes.platform.storage.bucket import free_bytes
from rushes.providers.registry import every_class
from rushes.providers.video_contract import CredentialKind

router = APIRouter(prefix="/api/health", tags=["health"])

PATIENCE_SECONDS = 3.0
"""A database that takes longer does not answer."""
UNAVAILABLE = 503


class Health(StrEnum):
    """`ok`; `degraded`: it answers, but makes no videos or its upkeep fails; `down`: nothing works."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class ApiBackend(BaseModel):
    """Providers that are paid by key."""

    enabled: bool = Field(description="Whether there is such a provider.")
    available_keys: int = Field(description="Keys that are ready and do not rest.")


class FlowBackend(BaseModel):
    """Flow, by sign-ins in a browser."""

    enabled: bool = Field(description="Whether Flow may be used here (FLOW_BACKEND_ENABLED).")
    auth_configured: bool = Field(description="Whether a Flow sign-in is ready and waits for nobody.")
    queue_configured: bool = Field(
        description="Whether its queue can be reached. It is in the database, so also by other machines."
    )
    sign_ins: int = Field(description="How many Flow sign-ins there are, in whatever state.")
    accounts: int = Field(description="The same as `sign_ins`, under its earlier name.", deprecated=True)


class Backends(BaseModel):
    """The kinds of providers and whether they can be used."""

    api: ApiBackend
    flow: FlowBackend


class HealthView(BaseModel):
    """The state of this installation and of its parts."""

    status: Health
    version: str
    database: bool = Field(description="Whether the database answers.")
    workers: int = Field(
        description="Workers that are alive: a process has one for videos and one for upscales."
    )
    disk_free_bytes: int
    disk_ok: bool = Field(description="Whether there is more free space than jobs need to continue.")
    backends: Backends
    periodic_tasks: list[PeriodicTaskView] = Field(
        description="What workers do again and again: when it last succeeded, and what it failed with."
    )
    task_failures: list[TaskFailureView] = Field(
        description="Tasks that fail in a way nobody foresaw: bugs of Rushes. They are tried again."
    )
    waits: list[WaitView] = Field(
        default=[], description="What does not start though it is to be made, and why, over all users."
    )


_WHEN = datetime(2026, 7, 1, 12, tzinfo=UTC)
WELL = HealthView(
    status=Health.OK,
    version="0.1.0",
    database=True,
    workers=2,
    disk_free_bytes=52_000_000_000,
    disk_ok=True,
    backends=Backends(
        api=ApiBackend(enabled=True, available_keys=2),
        flow=FlowBackend(enabled=True, auth_configured=True, queue_configured=True, sign_ins=1, accounts=1),
    ),
    periodic_tasks=[
        PeriodicTaskView(
            name="reconcile",
            state=PeriodicState.OK,
            interval_seconds=30.0,
            last_success_at=_WHEN,
            last_failure_at=None,
            last_error=None,
            failures=0,
            failures_in_a_row=0,
        )
    ],
    task_failures=[],
)
ILL = WELL.model_copy(update={"status": Health.DOWN, "database": False, "workers": 0, "periodic_tasks": []})


@router.get(
    "",
    responses=answers(WELL, "The database answers.")
    | answers(ILL, "The database does not answer.", UNAVAILABLE),
    summary="How it is",
)
async def read_health(run: Run, asked: AskedHere, response: Response) -> HealthView:
    """Whether the database answers, workers are alive and the disk has room. 503 without the database.

    With accounts, only admins see periodic tasks and failures.
    """
    found = await _database(run)
    seen = found or _Seen()
    free = await asyncio.to_thread(lambda: min(free_bytes(each) for each in run.bucket.folders))
    disk_ok = free >= run.settings.min_free_bytes
    well = seen.workers and disk_ok and seen.upkeep_is_well and seen.everything_is_served
    status = Health.OK if well else Health.DEGRADED
    if found is None:
        status, response.status_code = Health.DOWN, UNAVAILABLE
    for_admins = asked.principal is not None and asked.principal.acting_admin
    return HealthView(
        status=status,
        version=__version__,
        database=found is not None,
        workers=seen.workers,
        disk_free_bytes=free,
        disk_ok=disk_ok,
        backends=Backends(
            api=ApiBackend(
                enabled=any(cls.credential is CredentialKind.KEY for cls in every_class().values()),
                available_keys=seen.available_keys,
            ),
            flow=FlowBackend(
                enabled=FLOW in run.providers.ids,
                auth_configured=seen.flow.ready > 0,
                queue_configured=found is not None,
                sign_ins=seen.flow.accounts,
                accounts=seen.flow.accounts,
            ),
        ),
        periodic_tasks=seen.periodic_tasks if for_admins else [],
        task_failures=seen.task_failures if for_admins else [],
        waits=seen.waits if asked.principal else [],
    )


@dataclass(frozen=True)
class _Seen:
    """What the database tells of health; as it is here, when it does not answer."""

    workers: int = 0
    available_keys: int = 0
    flow: Counts = field(default_factory=lambda: Counts(0, 0))
    periodic_tasks: list[PeriodicTaskView] = field(default_factory=list[PeriodicTaskView])
    task_failures: list[TaskFailureView] = field(default_factory=list[TaskFailureView])
    waits: list[WaitView] = field(default_factory=list[WaitView])

    @property
    def everything_is_served(self) -> bool:
        """Whether nothing waits for somebody to look after this installation."""
        return all(each.next_actor is not Actor.OPERATOR for each in self.waits)

    @property
    def upkeep_is_well(self) -> bool:
        """Whether every periodic task succeeds, and every other task too."""
        return not self.task_failures and all(each.state is PeriodicState.OK for each in self.periodic_tasks)


async def _database(run: Runtime) -> _Seen | None:
    """What the database tells; None when it does not answer."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), run.db.statement() as session:
            workers = await workers_alive(session, run.settings.stalled_after_seconds)
            return _Seen(
                workers=workers,
                available_keys=await available(session, CredentialKind.KEY),
                flow=await counts(session),
                periodic_tasks=await upkeep.periodic_tasks(session, workers=workers > 0),
                task_failures=await upkeep.task_failures(session),
                waits=await installation_waits(session),
            )
    except (*DATABASE_GONE, OSError):  # a time-out is an OSError
        return None
