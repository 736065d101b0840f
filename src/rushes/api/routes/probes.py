"""Probes for orchestrators and load balancers: does this process live, and may it be sent requests?

They answer apart, since a server whose database is away for a moment must not be restarted for that.
"""

import asyncio
from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.api.deps import Run
from rushes.api.examples import answers
from rushes.api.problems import DATABASE_GONE
from rushes.api.routes.health import PATIENCE_SECONDS, UNAVAILABLE
from rushes.platform.db.schema import newest

router = APIRouter(prefix="/healthz", tags=["health"])


class ProbeState(StrEnum):
    """`ok`, or why not: the database does not answer, or its tables are of another version."""

    OK = "ok"
    DATABASE = "database"
    SCHEMA = "schema"


class ProbeView(BaseModel):
    """The answer to a probe."""

    status: ProbeState = Field(description="`ok`, or what is missing.")


ALIVE = ProbeView(status=ProbeState.OK)
GONE = ProbeView(status=ProbeState.DATABASE)


@router.get("/live", responses=answers(ALIVE, "The process answers."), summary="Whether it lives")
async def live() -> ProbeView:
    """Whether the process answers at all. Restart it when it does not; the database is not asked."""
    return ALIVE


@router.get(
    "/ready",
    responses=answers(ALIVE, "It may be sent requests.")
    | answers(GONE, "The database does not answer, or is of another version.", UNAVAILABLE),
    summary="Whether it is ready",
)
async def ready(run: Run, response: Response) -> ProbeView:
    """Whether requests may be sent here: the database answers, and its tables are of this version."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), run.db.statement() as connection:
            current = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (*DATABASE_GONE, OSError):  # a time-out is an OSError
        response.status_code = UNAVAILABLE
        return GONE
    if current != newest():
        response.status_code = UNAVAILABLE
        return ProbeView(status=ProbeState.SCHEMA)
    return ALIVE
