"""Local work of a kind known to these tests only: made, cancelled, taken over, put back, in order, pruned."""

import asyncio
import contextlib
from collections.abc import Generator, Iterator
from typing import Any
from uuid import UUID

import psutil
import pytest
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from tests.engine.concat import Concat, ConcatParams, programs_in
from tests.jobs import folder, make_job, until
from tests.serving import working

from rushes.engine import local_work_rows as rows
from rushes.engine.local_work import (
    KINDS,
    AnyKind,
    Made,
    WorkTry,
    add_work,
    cancel_work,
    move_up,
    prune_work,
    register,
)
from rushes.engine.local_work_rows import NewWork
from rushes.engine.local_work_run import MOST_TRIES, carry_on
from rushes.engine.local_work_states import WorkPriority
from rushes.engine.reconcile import tick
from rushes.engine.runtime import Runtime
from rushes.errors import RetryLater
from rushes.ops.sweep import sweep_orphans
from rushes.platform.db.models import LOCAL_OWNER
from rushes.worker import check_queues

LONG = 150.0
"""Seconds; only a broken test waits for it."""


@contextlib.contextmanager
def known(kind: AnyKind) -> Generator[AnyKind]:
    register(kind)
    try:
        yield kind
    finally:
        del KINDS[kind.name]


@pytest.fixture
def concat() -> Iterator[AnyKind]:
    with known(Concat()) as kind:
        yield kind


async def asked(
    run: Runtime,
    kind: AnyKind,
    seconds: float = 0,
    *,
    priority: WorkPriority = WorkPriority.BATCH,
    job_id: UUID | None = None,
    subject: str | None = None,
) -> UUID:
    """A piece of work that joins `ab` and `c`."""
    new = NewWork(ConcatParams(texts=["ab", "c"], seconds=seconds), subject=subject, job_id=job_id)
    async with run.db.begin() as session:
        await add_work(session, kind, LOCAL_OWNER, [new], priority)
    return new.id


async def row_of(run: Runtime, work_id: UUID) -> Row[Any]:
    async with run.db.statement() as session:
        return (await session.execute(text("SELECT * FROM local_work WHERE id = :id"), {"id": work_id})).one()


async def until_work(run: Runtime, work_id: UUID, status: str) -> Row[Any]:
    async def there() -> bool:
        return (await row_of(run, work_id)).status == status

    await until(there)
    return await row_of(run, work_id)


async def until_at_work(run: Runtime) -> list[psutil.Process]:
    """The processes of a piece that is being made: the shell, and its own children."""

    async def both() -> bool:
        return len(programs_in(run.settings.work_dir)) >= 2

    await until(both)
    return programs_in(run.settings.work_dir)


async def until_nothing_is_left(run: Runtime, programs: list[psutil.Process]) -> None:
    async def nothing() -> bool:
        alive = any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in programs)
        return not alive and not list(run.settings.work_dir.iterdir())

    await until(nothing)
    assert list(run.bucket.files()) == []


async def changed(run: Runtime, statement: str, **given: object) -> None:
    async with run.db.statement() as session:
        await session.execute(text(statement), given)


async def test_a_new_kind_is_made_stored_and_reported(run: Runtime, concat: AnyKind):
    job_id = await make_job(run, ["a"], start=False)
    async with working(run):
        work_id = await asked(run, concat, 0.4, job_id=job_id)
        row = await until_work(run, work_id, "completed")
    (key,) = row.result["files"]
    assert (row.progress, row.result["letters"], row.tries, row.error) == (1, 3, 1, None)
    assert key.startswith(f"jobs/{job_id}/concats/")
    assert folder(run).path(key).read_text() == "abc"
    async with run.db.begin() as session:
        assets = await session.execute(text("SELECT key, job_id, media_type, size_bytes FROM assets"))
        assert [tuple(each) for each in assets] == [(key, job_id, "text/plain", 3)]
        events = "SELECT data, job_id FROM events WHERE type = 'concat' ORDER BY id"
        told = list(await session.execute(text(events)))
    assert {(each.data["work_id"], each.job_id) for each in told} == {(str(work_id), job_id)}
    states = [each.data["status"] for each in told]
    assert (states[:2], states[-1]) == (["queued", "running"], "completed")
    steps = [each.data["progress"] for each in told]
    assert steps == sorted(steps)
    assert len(steps) > 3, "progress is told on the way"
    assert list(run.settings.work_dir.iterdir()) == []


async def test_what_it_makes_without_a_job_is_stored_too_and_a_failure_says_why(
    run: Runtime, concat: AnyKind
):
    work_id = await asked(run, concat)
    await carry_on(run, work_id)
    assert (await row_of(run, work_id)).result["files"][0].startswith("concats/")
    await carry_on(run, work_id)  # run again after its end: nothing happens
    assert (await row_of(run, work_id)).tries == 1
    failed = await asked(run, concat)
    await changed(run, "UPDATE local_work SET params = '{\"texts\": 7}' WHERE id = :id", id=failed)
    await carry_on(run, failed)
    row = await row_of(run, failed)
    assert (row.status, row.error) == ("failed", "Its settings are not known any more.")


async def test_cancelling_kills_the_whole_group_at_once(run: Runtime, concat: AnyKind):
    async with working(run):
        work_id = await asked(run, concat, LONG)
        programs = await until_at_work(run)
        async with run.db.begin() as session:
            assert await cancel_work(session, [work_id]) == [work_id]
        await until_nothing_is_left(run, programs)
        assert (await row_of(run, work_id)).status == "cancelled"
        async with run.db.begin() as session:
            assert await cancel_work(session, [work_id]) == []


async def test_who_hears_of_a_cancelling_only_from_the_row_stops_too(run: Runtime, concat: AnyKind):
    work_id = await asked(run, concat, LONG)
    at_work = asyncio.create_task(carry_on(run, work_id))
    programs = await until_at_work(run)
    async with run.db.begin() as session:  # as another process does whose notification is lost
        await rows.cancel(session, [work_id])
    await at_work
    await until_nothing_is_left(run, programs)
    assert (await row_of(run, work_id)).status == "cancelled"


async def test_who_loses_the_claim_stops_and_the_result_is_of_the_other(run: Runtime, concat: AnyKind):
    work_id = await asked(run, concat, LONG)
    first = asyncio.create_task(carry_on(run, work_id))
    await until_at_work(run)
    await changed(
        run, "UPDATE local_work SET params = params || '{\"seconds\": 0}' WHERE id = :id", id=work_id
    )
    await carry_on(run, work_id)
    row = await row_of(run, work_id)
    await first
    assert await row_of(run, work_id) == row
    assert row.status == "completed"
    assert [key for key, _ in run.bucket.files()] == row.result["files"]
    assert programs_in(run.settings.work_dir) == []
    assert list(run.settings.work_dir.iterdir()) == []


async def test_a_worker_that_stops_puts_its_work_back_for_the_next(run: Runtime, concat: AnyKind):
    async with working(run):
        work_id = await asked(run, concat, LONG)
        programs = await until_at_work(run)
    row = await row_of(run, work_id)
    assert (row.status, row.tries, row.worker, row.claim) == ("queued", 0, None, None)
    await until_nothing_is_left(run, programs)
    await changed(run, "UPDATE local_work SET params = params || '{\"seconds\": 0}'")
    async with working(run):
        await until_work(run, work_id, "completed")


async def test_each_kind_has_slots_of_its_own(run: Runtime, concat: AnyKind):
    class Preview(Concat):
        name = "preview"

    with known(Preview()) as preview:
        check_queues(run, ["preview", "concat", "upscale"])
        async with working(run):
            first, second = [await asked(run, concat, LONG) for _ in range(2)]
            await until_work(run, first, "running")
            quick = await asked(run, preview)
            await until_work(run, quick, "completed")
            assert (await row_of(run, second)).status == "queued", "one at a time of its kind"
            async with run.db.begin() as session:
                await cancel_work(session, [first])
            await until_work(run, second, "running")


async def test_what_a_person_waits_for_comes_first(run: Runtime, concat: AnyKind):
    async with working(run):
        blocks = await asked(run, concat, LONG)
        await until_work(run, blocks, "running")
        batch = [await asked(run, concat) for _ in range(3)]
        awaited = await asked(run, concat, priority=WorkPriority.AWAITED)
        async with run.db.begin() as session:
            await move_up(session, [batch[2]], WorkPriority.AWAITED)
            await move_up(session, [awaited], WorkPriority.BATCH)  # never later
            await cancel_work(session, [blocks])
        for each in [*batch, awaited]:
            await until_work(run, each, "completed")
    started = {each: (await row_of(run, each)).started_at for each in [*batch, awaited]}
    assert sorted(started, key=lambda each: started[each]) == [batch[2], awaited, batch[0], batch[1]]


async def test_a_subject_has_one_open_piece_of_a_kind(run: Runtime, concat: AnyKind):
    work_id = await asked(run, concat, subject="a film")
    with pytest.raises(IntegrityError):
        await asked(run, concat, subject="a film")
    await carry_on(run, work_id)
    await asked(run, concat, subject="a film")


async def test_what_waiting_helps_against_waits_and_says_why(run: Runtime):
    class Busy(Concat):
        async def make(self, run: Runtime, attempt: WorkTry[ConcatParams]) -> Made:
            raise RetryLater("The model is being loaded.", after=60)

    with known(Busy()) as busy:
        work_id = await asked(run, busy, priority=WorkPriority.AWAITED)
        await carry_on(run, work_id)
        row = await row_of(run, work_id)
        assert (row.status, row.error, row.tries) == ("queued", "The model is being loaded.", 0)
        async with run.db.begin() as session:
            tasks = await session.execute(
                text("SELECT priority FROM procrastinate_jobs WHERE scheduled_at > now()")
            )
            assert list(tasks.scalars()) == [WorkPriority.AWAITED]


async def test_a_piece_that_every_worker_dies_over_is_given_up_in_the_end(run: Runtime):
    class Deadly(Concat):
        async def make(self, run: Runtime, attempt: WorkTry[ConcatParams]) -> Made:
            raise ZeroDivisionError("a bug")

    with known(Deadly()) as deadly:
        work_id = await asked(run, deadly)
        for number in range(1, MOST_TRIES + 1):
            with pytest.raises(ZeroDivisionError):
                await carry_on(run, work_id)
            row = await row_of(run, work_id)
            assert (row.status, row.tries) == ("running", number)
        await carry_on(run, work_id)
        row = await row_of(run, work_id)
        assert (row.status, "10 times" in row.error) == ("failed", True)
        assert list(run.settings.work_dir.iterdir()) == []


async def test_a_kind_that_resumes_finds_its_pieces_again(run: Runtime):
    seen: list[bool] = []

    class Pieces(Concat):
        resumes = True

        async def make(self, run: Runtime, attempt: WorkTry[ConcatParams]) -> Made:
            piece = attempt.folder / "piece"
            seen.append(piece.exists())
            piece.write_text("done")
            return await super().make(run, attempt)

    with known(Pieces()) as pieces:
        async with working(run):
            work_id = await asked(run, pieces, LONG)
            await until_at_work(run)
        assert (await sweep_orphans(run, 0)).work_bytes == 0, "they are in use"
        await changed(run, "UPDATE local_work SET params = params || '{\"seconds\": 0}'")
        await carry_on(run, work_id)
        assert (await row_of(run, work_id)).status == "completed"
    assert seen == [False, True]
    assert list(run.settings.work_dir.iterdir()) == []


async def test_work_that_no_task_is_there_for_is_taken_up(run: Runtime, concat: AnyKind):
    work_id = await asked(run, concat)
    lost = await asked(run, concat)
    await changed(run, "TRUNCATE procrastinate_jobs CASCADE")
    async with run.db.begin() as session:
        assert await rows.claim(session, lost, "a worker that still is at it")
    await tick(run)
    async with run.db.begin() as session:
        tasks = await session.execute(text("SELECT args->>'work_id' FROM procrastinate_jobs"))
        assert list(tasks.scalars()) == [str(work_id)]
    await changed(
        run, "UPDATE local_work SET heartbeat_at = now() - interval '1 hour' WHERE id = :id", id=lost
    )
    await tick(run)
    async with working(run):
        await until_work(run, work_id, "completed")
        await until_work(run, lost, "completed")


async def test_old_rows_go_and_open_ones_stay(run: Runtime, concat: AnyKind):
    done, new, still_open = [await asked(run, concat) for _ in range(3)]
    for each in (done, new):
        await carry_on(run, each)
    await changed(run, "UPDATE local_work SET ended_at = now() - interval '25 hours' WHERE id = :id", id=done)
    await changed(run, "UPDATE local_work SET created_at = now() - interval '1 year'")
    async with run.db.begin() as session:
        await prune_work(session)
        left = await session.execute(text("SELECT id FROM local_work"))
        assert set(left.scalars()) == {new, still_open}
