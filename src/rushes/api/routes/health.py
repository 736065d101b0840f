"""Health: what a monitor, a load balancer and `rushes doctor` ask. Answers also when much is broken."""

import asyncio
from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from rushes import __version__
from rushes.api.deps import Run
from rushes.api.examples import answers
from rushes.api.problems import DATABASE_GONE
from rushes.engine.credentials import available
from rushes.engine.flow_rows import Counts, counts
from rushes.engine.flow_views import FLOW
from rushes.engine.runtime import Runtime
from rushes.engine.workers import workers_alive
from rushes.platform.storage.bucket import free_bytes
from rushes.providers.registry import provider_classes
from rushes.providers.video_contract import CredentialKind

router = APIRouter(prefix="/api/health", tags=["health"])

PATIENCE_SECONDS = 3.0
"""A database that takes longer does not answer."""
UNAVAILABLE = 503


class Health(StrEnum):
    """`ok`; `degraded`: it answers, but videos are not being made; `down`: nothing works."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class ApiBackend(BaseModel):
    """Providers that are paid by key."""

    enabled: bool = Field(description="Whether there is such a provider.")
    available_keys: int = Field(description="Keys that are ready and do not rest.")


class FlowBackend(BaseModel):
    """Flow, by signed-in accounts in a browser."""

    enabled: bool = Field(description="Whether Flow may be used here (FLOW_BACKEND_ENABLED).")
    auth_configured: bool = Field(description="Whether an account is signed in and waits for nobody.")
    queue_configured: bool = Field(
        description="Whether its queue can be reached. It is in the database, so also by other machines."
    )
    accounts: int = Field(description="How many accounts there are, in whatever state.")


class Backends(BaseModel):
    """What makes videos."""

    api: ApiBackend
    flow: FlowBackend


class HealthView(BaseModel):
    """How this installation is."""

    status: Health
    version: str
    database: bool = Field(description="Whether the database answers.")
    workers: int = Field(
        description="Workers that are alive: a process has one for videos and one for upscales."
    )
    disk_free_bytes: int
    disk_ok: bool = Field(description="Whether there is more free space than jobs need to go on.")
    backends: Backends


WELL = HealthView(
    status=Health.OK,
    version="0.1.0",
    database=True,
    workers=2,
    disk_free_bytes=52_000_000_000,
    disk_ok=True,
    backends=Backends(
        api=ApiBackend(enabled=True, available_keys=2),
        flow=FlowBackend(enabled=True, auth_configured=True, queue_configured=True, accounts=1),
    ),
)
ILL = WELL.model_copy(update={"status": Health.DOWN, "database": False, "workers": 0})


@router.get(
    "",
    responses=answers(WELL, "The database answers.")
    | answers(ILL, "The database does not answer.", UNAVAILABLE),
    summary="How it is",
)
async def read_health(run: Run, response: Response) -> HealthView:
    """Whether the database answers, workers are alive and the disk has room. 503 without the database."""
    found = await _database(run)
    workers, available_keys, flow = found or (None, 0, Counts(0, 0))
    free = await asyncio.to_thread(lambda: min(free_bytes(each) for each in run.bucket.folders))
    disk_ok = free >= run.settings.min_free_bytes
    status = Health.OK if workers and disk_ok else Health.DEGRADED
    if workers is None:
        status, response.status_code = Health.DOWN, UNAVAILABLE
    return HealthView(
        status=status,
        version=__version__,
        database=workers is not None,
        workers=workers or 0,
        disk_free_bytes=free,
        disk_ok=disk_ok,
        backends=Backends(
            api=ApiBackend(
                enabled=any(cls.credential is CredentialKind.KEY for cls in provider_classes().values()),
                available_keys=available_keys,
            ),
            flow=FlowBackend(
                enabled=FLOW in run.providers.ids,
                auth_configured=flow.ready > 0,
                queue_configured=found is not None,
                accounts=flow.accounts,
            ),
        ),
    )


async def _database(run: Runtime) -> tuple[int, int, Counts] | None:
    """Workers that are alive, keys that can be used, accounts; None when the database does not answer."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), run.db.statement() as session:
            workers = await workers_alive(session, run.settings.stalled_after_seconds)
            return workers, await available(session, CredentialKind.KEY), await counts(session)
    except (*DATABASE_GONE, OSError):  # a time-out is an OSError
        return None
