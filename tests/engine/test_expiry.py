"""A job is deleted by its time and by nothing else: whoever made it says when, and most never say it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.jobs import make_job, until_status, videos

from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import JobKind
from rushes.jobs.actions import cancel_job, retry_failed
from rushes.ops.sweep import sweep
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from rushes.studio.actions import Wish, make_one

DAY = timedelta(days=1)


async def one_prompt(run: Runtime, prompt: str = "a fox", kind: JobKind = JobKind.STUDIO) -> UUID:
    """The job of one video that was asked for by a prompt."""
    video_id = await make_one(run, LOCAL_OWNER, kind, Wish(prompt, {"provider": "echo"}))
    async with run.db.statement() as session:
        row = await session.execute(text("SELECT job_id FROM videos WHERE id = :id"), {"id": video_id})
        return row.scalar_one()


async def expiry(run: Runtime, job_id: UUID) -> datetime | None:
    """When the job is deleted."""
    async with run.db.statement() as session:
        row = await session.execute(text("SELECT expires_at FROM jobs WHERE id = :id"), {"id": job_id})
        return row.scalar_one()


async def left(run: Runtime) -> set[UUID]:
    """The jobs there are."""
    async with run.db.statement() as session:
        return set((await session.execute(text("SELECT id FROM jobs"))).scalars())


async def set_job(run: Runtime, job_id: UUID, assignments: str) -> None:
    """Change the row of a job."""
    async with run.db.begin() as session:
        await session.execute(text(f"UPDATE jobs SET {assignments} WHERE id = :id"), {"id": job_id})


@pytest.mark.usefixtures("worker")
async def test_a_job_of_a_kind_that_the_sweep_does_not_know_is_never_deleted(run: Runtime):
    job_id = await make_job(run, ["a scene"])
    await until_status(run, job_id, "completed")
    (video,) = await videos(run, job_id)
    await set_job(run, job_id, "kind = 'story', ended_at = now() - interval '3 days'")
    await sweep(run, older_than_seconds=-60)
    assert await left(run) == {job_id}
    assert any(str(video.video_id) in key for key, _ in run.bucket.files())


@pytest.mark.parametrize("kind", [JobKind.STUDIO, JobKind.OPENAI])
@pytest.mark.usefixtures("worker")
async def test_a_video_of_one_prompt_has_its_days_from_its_end_on(run: Runtime, kind: JobKind):
    job_id = await one_prompt(run, kind=kind)
    ended = (await until_status(run, job_id, "completed")).ended_at
    assert ended
    assert await expiry(run, job_id) == ended + 2 * DAY


@pytest.mark.usefixtures("worker")
async def test_a_batch_has_no_end_of_its_time(run: Runtime):
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "completed")
    assert await expiry(run, job_id) is None


async def test_a_cancelled_one_has_its_days_and_one_that_continues_has_none_until_it_ends(run: Runtime):
    job_id = await one_prompt(run)
    await cancel_job(run, LOCAL_OWNER, job_id)
    assert await expiry(run, job_id)
    await retry_failed(run, LOCAL_OWNER, job_id)
    assert await expiry(run, job_id) is None


@pytest.mark.parametrize(
    ("row", "stays"),
    [
        ("expires_at = now() - interval '1 second'", False),
        ("expires_at = now() - interval '1 second', kind = 'batch'", False),
        ("expires_at = now() - interval '1 second', status = 'processing'", True),
        ("expires_at = now() + interval '1 hour'", True),
        ("expires_at = NULL", True),
    ],
)
async def test_the_sweep_goes_by_the_time_alone(run: Runtime, row: str, stays: bool):
    job_id = await one_prompt(run)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await set_job(run, job_id, row)
    await sweep(run)
    assert await left(run) == ({job_id} if stays else set())


async def test_a_selected_take_keeps_its_job(run: Runtime):
    job_id = await one_prompt(run)
    await cancel_job(run, LOCAL_OWNER, job_id)
    await set_job(run, job_id, "expires_at = now() - interval '1 second'")
    async with run.db.begin() as session:
        await session.execute(text("UPDATE videos SET selected = true"))
    await sweep(run)
    assert await left(run) == {job_id}


async def test_nothing_expires_where_the_operator_says_so(settings: Settings):
    async with open_runtime(settings.model_copy(update={"operation_days": 0.0})) as run:
        job_id = await one_prompt(run)
        await cancel_job(run, LOCAL_OWNER, job_id)
        assert await expiry(run, job_id) is None
