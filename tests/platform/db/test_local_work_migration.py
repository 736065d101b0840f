"""Upscales of an older installation, in every state, become local work: nothing is lost, copies stay."""

from typing import Any
from uuid import UUID

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from tests.api.rows import made_before, store

from rushes.engine.runtime import Runtime
from rushes.library.files import FileChoice, video_file
from rushes.platform.db.migrate import alembic_config
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.db.upscaling import Upscale
from rushes.platform.media.upscaling import Recipe
from rushes.upscale.actions import start_upscale
from rushes.upscale.rows import candidates
from rushes.upscale.task_rows import open_tasks, view_task

TIMES = ("created_at", "started_at", "ended_at")
TASK, OTHER_TASK = UUID(int=1), UUID(int=2)
OLD_UPSCALES = """
    INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware, status, progress,
                          error, worker, current, key, width, height, size_bytes, sha256, started_at,
                          ended_at)
    SELECT n.id::uuid, v.owner_id, v.id, v.job_id, n.quality, 'h264', false, true, n.status, n.progress,
           n.error, n.worker, n.current, n.key, CASE WHEN n.key <> '' THEN 3840 END,
           CASE WHEN n.key <> '' THEN 2160 END, CASE WHEN n.key <> '' THEN 4 END,
           CASE WHEN n.key <> '' THEN 'sum' END,
           CASE WHEN n.status <> 'queued' THEN now() - interval '1 hour' END,
           CASE WHEN n.status NOT IN ('queued', 'running') THEN now() END
    FROM (VALUES
        ('00000000-0000-0000-0000-00000000000a', 0, 'fast', 'completed', 1, NULL, 'w', false, 'old.mp4'),
        ('00000000-0000-0000-0000-00000000000b', 0, 'high', 'completed', 1, NULL, 'w', true, 'new.mp4'),
        ('00000000-0000-0000-0000-00000000000c', 0, 'fast', 'running', 0.5, NULL, 'w', false, NULL),
        ('00000000-0000-0000-0000-00000000000d', 1, 'fast', 'queued', 0, 'full', NULL, false, NULL),
        ('00000000-0000-0000-0000-00000000000e', 2, 'fast', 'failed', 0.2, 'broken', 'w', false, NULL),
        ('00000000-0000-0000-0000-00000000000f', 3, 'fast', 'cancelled', 0.1, NULL, 'w', false, NULL)
    ) AS n (id, video, quality, status, progress, error, worker, current, key)
    JOIN (SELECT *, row_number() OVER (ORDER BY position) - 1 AS number FROM videos) v ON v.number = n.video
"""
OLD_TASKS = (
    "INSERT INTO upscale_tasks (id, owner_id, quality, codec, enhance, hardware, cancelled_at)"
    f" VALUES ('{TASK}', '{LOCAL_OWNER}', 'fast', 'h264', false, true, NULL),"
    f" ('{OTHER_TASK}', '{LOCAL_OWNER}', 'high', 'h264', false, true, NULL)",
    "INSERT INTO upscale_task_videos (task_id, upscale_id, owner_id, position)"
    f" SELECT '{TASK}', id, owner_id, row_number() OVER (ORDER BY id)"
    " FROM upscales WHERE key IS NULL",
    "INSERT INTO upscale_task_videos (task_id, upscale_id, owner_id, position)"
    f" SELECT '{OTHER_TASK}', id, owner_id, 1 FROM upscales WHERE current",
    "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, scheduled_at)"
    " SELECT 'upscale', 'rushes:upscale_video', 'upscale:' || id, jsonb_build_object('upscale_id', id),"
    "  CASE status WHEN 'queued' THEN 'todo' ELSE 'doing' END::procrastinate_job_status,"
    "  CASE status WHEN 'queued' THEN now() + interval '1 hour' END"
    " FROM upscales WHERE status IN ('queued', 'running')",
)


def to_the_time_before(connection: Connection) -> None:
    config = alembic_config(connection)
    revision = ScriptDirectory.from_config(config).get_revision("0013")
    assert revision
    assert isinstance(revision.down_revision, str)
    command.downgrade(config, revision.down_revision)
    connection.execute(text(OLD_UPSCALES))
    for statement in OLD_TASKS:
        connection.execute(text(statement))


def to_today(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


async def filled(run: Runtime) -> list[UUID]:
    job_id, ids = await made_before(run, [b"a", b"b", b"c", b"d"], width=160, height=90, duration_seconds=2)
    await store(run, LOCAL_OWNER, job_id, "new.mp4", b"copy", "video/mp4")
    async with run.db.engine.begin() as connection:
        await connection.run_sync(to_the_time_before)
    return ids


async def test_upscales_of_every_state_are_local_work_and_copies_stay(run: Runtime):
    ids = await filled(run)
    async with run.db.engine.begin() as connection:
        before = list(await connection.execute(text("SELECT * FROM upscales ORDER BY id")))
        await connection.run_sync(to_today)
    async with run.db.begin() as session:
        after = list(await session.execute(text("SELECT * FROM local_work ORDER BY id")))
        copies = list(await session.execute(text("SELECT * FROM upscales")))
        tasks = list(await session.execute(text("SELECT * FROM procrastinate_jobs")))
    assert len(after) == len(before) == 6
    for old, new in zip(before, after, strict=True):
        for column in (
            "id",
            "owner_id",
            "job_id",
            "video_id",
            "status",
            "progress",
            "error",
            "worker",
            *TIMES,
        ):
            assert getattr(new, column) == getattr(old, column), column
        assert (new.kind, new.subject) == ("upscale", str(old.video_id))
        recipe = Recipe.model_validate(new.params)
        assert (recipe.quality, recipe.codec, recipe.hardware) == (old.quality, old.codec, old.hardware)
        assert (new.result or {"files": [None]})["files"] == [old.key]
    (copy,) = copies
    (old,) = [each for each in before if each.current]
    for column in [each.name for each in Upscale.__table__.columns]:
        assert getattr(copy, column) == getattr(old, column), column
    still_open = [each for each in before if each.ended_at is None]
    assert {(each.lock, each.args["work_id"], each.task_name) for each in tasks} == {
        (f"local_work:{each.id}", str(each.id), "rushes:local_work") for each in still_open
    }
    assert {each.status: each.scheduled_at is None for each in tasks} == {"doing": True, "todo": False}
    async with run.db.begin() as session:
        assert (await video_file(session, LOCAL_OWNER, ids[0], FileChoice.UPSCALED)).key == "new.mp4"
        task = await view_task(session, LOCAL_OWNER, TASK)
        assert [(each.status, each.error) for each in task.videos] == [
            ("running", None), ("queued", "full"), ("failed", "broken"), ("cancelled", None),
        ]  # fmt: skip
        assert [each.task_id for each in await open_tasks(session, LOCAL_OWNER)] == [TASK]
        (first, *_) = await candidates(session, LOCAL_OWNER, ids[:1])
        assert (first.copy, first.open_work) == (UUID(int=11), UUID(int=12))
    shared = await start_upscale(
        run, LOCAL_OWNER, ids[1:2], Recipe.model_validate({"quality": "fast", "hardware": True})
    )
    assert "1 being made already" in shared.message


async def test_going_back_and_forth_loses_nothing(run: Runtime):
    await filled(run)

    async def everything() -> list[Any]:
        async with run.db.statement() as connection:
            work = list(await connection.execute(text("SELECT * FROM local_work ORDER BY id")))
            copies = list(
                await connection.execute(text("SELECT id, video_id, quality, key, created_at FROM upscales"))
            )
            links = list(await connection.execute(text("SELECT * FROM upscale_task_videos ORDER BY 1, 2")))
            tasks = await connection.execute(text("SELECT lock, args, task_name FROM procrastinate_jobs"))
            return [work, copies, links, list(tasks)]

    async with run.db.engine.begin() as connection:
        await connection.run_sync(to_today)
    once = await everything()

    def back_and_forth(connection: Connection) -> None:
        config = alembic_config(connection)
        revision = ScriptDirectory.from_config(config).get_revision("0013")
        assert revision
        command.downgrade(config, str(revision.down_revision))
        to_today(connection)

    async with run.db.engine.begin() as connection:
        await connection.run_sync(back_and_forth)
    assert await everything() == once
