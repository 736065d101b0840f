"""Helpers for tests that need a job: made straight in the rows, without an upload."""

import os
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings, JobView, VideoView
from rushes.engine.workers import serve_queues
from rushes.jobs.rows import get_job
from rushes.jobs.start import create_job, start_job
from rushes.library.rows import list_videos
from rushes.platform.db.models import LOCAL_OWNER, Shot
from rushes.platform.storage.local import LocalBucket
from rushes.providers.video import animatic
from rushes.providers.video.echo import EchoAccepted
from tests.waiting import LATER_SECONDS, until


async def make_job(
    run: Runtime,
    prompts: Sequence[str],
    *,
    start: bool = True,
    owner: UUID = LOCAL_OWNER,
    name: str = "a job",
    of_shots: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> UUID:
    """A text-only job of these prompts, started unless told otherwise.

    `of_shots` are options that the first shots have of their own.
    """
    job_id = await create_job(
        run,
        owner,
        name,
        JobSettings.model_validate({"provider": "echo", "allow_text_only": True, **settings}),
    )
    async with run.db.begin() as session:
        await session.execute(
            insert(Shot),
            [
                {
                    "owner_id": owner,
                    "job_id": job_id,
                    "number": n,
                    "prompt": prompt,
                    "seed": n * 100,
                    "options": dict(own or {}),
                }
                for n, (prompt, own) in enumerate(zip_longest(prompts, of_shots), start=1)
            ],
        )
    if start:
        await start_job(run, owner, job_id)
    return job_id


def folder(run: Runtime) -> LocalBucket:
    """The bucket of a test that looks into it, or breaks it."""
    assert isinstance(run.bucket.hot, LocalBucket)
    return run.bucket.hot


def small_animatics(monkeypatch: pytest.MonkeyPatch, divisor: int = 10) -> None:
    """From now on animatic makes smaller videos, for tests that ask for nothing in a large one."""
    monkeypatch.setattr(animatic, "SHORT_SIDES", {"720p": 720 // divisor, "1080p": 1080 // divisor})


async def view(run: Runtime, job_id: UUID) -> JobView:
    """The job as it is now."""
    async with run.db.begin() as session:
        return await get_job(session, LOCAL_OWNER, job_id)


async def videos(run: Runtime, job_id: UUID) -> list[VideoView]:
    """Its videos as they are now."""
    async with run.db.begin() as session:
        return await list_videos(session, LOCAL_OWNER, job_id)


async def ledger(run: Runtime, job_id: UUID) -> list[Any]:
    """Its rows in the ledger, oldest first."""
    async with run.db.begin() as session:
        rows = await session.execute(
            text("SELECT * FROM submissions WHERE job_id = :id ORDER BY claimed_at, attempt"), {"id": job_id}
        )
        return list(rows)


async def until_status(run: Runtime, job_id: UUID, *statuses: str) -> JobView:
    """Wait until the job has one of these statuses, as long as its videos go on changing."""
    seen = await view(run, job_id)

    async def there() -> bool:
        nonlocal seen
        seen = await view(run, job_id)
        return seen.status in statuses

    async def moving() -> object:
        return seen.status, seen.progress, seen.completed_videos, seen.failed_videos, seen.waiting_videos

    await until(there, moving=moving, longest=LATER_SECONDS)
    return seen


def accepted_keys(folder: Path | None = None) -> list[str]:
    """Every submission echo has accepted, in order: what a provider would bill. `folder` is echo's."""
    journal = (folder or Path(os.environ["RUSHES_ECHO_DIR"])) / "accepted" / "journal"
    if not journal.exists():
        return []
    return [EchoAccepted.model_validate_json(line).key for line in journal.read_text().splitlines()]


async def have_worker(run: Runtime, *queues: str) -> None:
    """From now on a worker serves these queues (else echo's), as far as its record says."""
    async with run.db.begin() as session:
        await serve_queues(session, "a worker", queues or ("echo",), silent_seconds=600.0)


async def sql(run: Runtime, statement: str, **given: object) -> list[Any]:
    """Run it in a transaction of its own; its rows, if it has any."""
    async with run.db.begin() as session:
        rows = await (await session.connection()).execute(text(statement), given)
        return list(rows) if rows.returns_rows else []
