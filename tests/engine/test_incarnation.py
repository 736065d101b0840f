"""A restored backup, or a copy, submits nothing until a person says so, and its events begin anew."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from tests.conftest import PostgresServer
from tests.jobs import accepted_keys, ledger, make_job, sql, until, videos, view
from tests.serving import working

from rushes.engine.dispatch import dispatch_now
from rushes.engine.incarnation import folder_mark, notice_older
from rushes.engine.next_step import paused_step
from rushes.engine.reconcile import tick
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import Actor, ErrorType
from rushes.jobs.actions import resume_job
from rushes.ops.ownership import MARK, is_ours, notice_older_database
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings


async def half_done(settings: Settings) -> UUID:
    """A job with one shot that was accepted, one that is being sent, one claimed and five queued."""
    async with open_runtime(settings) as run:
        job_id = await make_job(run, [f"a {n}" for n in range(8)], delay_seconds=0.0)
        few = run.settings.model_copy(update={"provider_concurrency": {"echo": 3}})
        run.settings = few
        await dispatch_now(run, "echo")
        accepted, sent, _ = await ledger(run, job_id)
        await run.ledger.take_over(accepted.id)
        given = {"accepted": accepted.id, "sent": sent.id}
        await sql(
            run,
            "UPDATE submissions SET state = CASE WHEN id = :sent THEN 'submitting' ELSE 'submitted' END,"
            " sent_at = now(), remote_id = CASE WHEN id = :accepted THEN id::text END,"
            " submitted_at = CASE WHEN id = :accepted THEN now() END WHERE id IN (:accepted, :sent)",
            **given,
        )
        echo = run.providers.get("echo")
        folder = echo.settings.dir / "accepted"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "journal").write_text(f'{{"key": "{accepted.id}", "at": 0, "takes": 1}}\n')
    return job_id


@pytest.fixture
def restored(postgres: PostgresServer, database_url: str, settings: Settings) -> Any:
    """Makes a copy of the test's database under another name, as a dump restored by hand is."""
    made: list[str] = []

    def restore() -> Settings:
        name = f"test_{uuid4().hex}"
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE {make_url(database_url).database}")
        made.append(name)
        return settings.model_copy(update={"database_url": SecretStr(postgres.address(name))})

    yield restore
    for name in made:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_restored_dump_submits_nothing_until_a_person_says_so(settings: Settings, restored: Any):
    job_id = await half_done(settings)
    copy: Settings = restored()
    async with open_runtime(copy) as run:
        job = await view(run, job_id)
        assert (job.status, job.paused_by) == ("paused", "restored")
        assert "UTC" in (job.pause_reason or ""), "it says when the backup was taken"
        assert paused_step(ErrorType.RESTORED).actor is Actor.USER
        assert [row.state for row in await ledger(run, job_id)] == ["submitted", "uncertain", "uncertain"]
        waiting = [each for each in await videos(run, job_id) if each.waiting_for == "uncertain"]
        assert [each.error_type for each in waiting] == ["restored", "restored"]
        async with working(run):
            for _ in range(3):
                await tick(run)
                await dispatch_now(run, "echo")
            assert len(accepted_keys()) == 1, "nothing was sent"
            assert (await view(run, job_id)).status == "paused", "no fault that goes away"
            await resume_job(run, LOCAL_OWNER, job_id)

            async def rest_is_made() -> bool:
                return (await view(run, job_id)).completed_videos == 6

            await until(rest_is_made)
        assert len(accepted_keys()) == 6


async def test_the_same_database_is_not_taken_for_a_copy(settings: Settings):
    job_id = await half_done(settings)
    async with open_runtime(settings) as run:
        first = run.incarnation
        assert (await view(run, job_id)).status == "processing"
    async with open_runtime(settings) as run:
        assert run.incarnation == first


async def test_a_copy_is_noticed_once(settings: Settings, restored: Any):
    job_id = await half_done(settings)
    copy: Settings = restored()
    async with open_runtime(copy) as run:
        await resume_job(run, LOCAL_OWNER, job_id)
        first = run.incarnation
    async with open_runtime(copy) as run:
        assert (await view(run, job_id)).status == "processing"
        assert run.incarnation == first


async def test_an_older_database_on_the_same_bucket_is_noticed_by_its_mark(run: Runtime):
    """A snapshot of a server cannot be told by the database: the bucket was swept since."""
    job_id = await make_job(run, ["a"])
    assert await is_ours(run)
    (before,) = await sql(run, "SELECT bucket_turns FROM installation")
    assert await is_ours(run)
    await sql(run, "UPDATE installation SET bucket_turns = :turns", turns=before.bucket_turns[-1:])
    await notice_older_database(run)  # as a worker does at its start
    assert (await view(run, job_id)).status == "paused"
    mark = b"".join([piece async for piece in run.bucket.hot.stream(MARK)]).decode()
    assert await notice_older(run.db, mark) is None, "it is noticed once"
    assert (await view(run, job_id)).paused_by == str(ErrorType.RESTORED)


async def test_a_copied_folder_has_another_mark(tmp_path: Path):
    original, copied = tmp_path / "data", tmp_path / "copy"
    original.mkdir()
    mark = folder_mark(original)
    assert folder_mark(original) == mark
    await asyncio.sleep(0.02)
    shutil.copytree(original, copied, copy_function=shutil.copy2)
    assert folder_mark(copied) != mark
    original.rename(tmp_path / "moved")
    assert folder_mark(tmp_path / "moved") == mark, "one that was moved is no copy"
