"""The embedded PostgreSQL is started again when it was killed in use, but not for ever."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.waiting import until

from rushes.errors import ErrorType, SystemFault
from rushes.platform.db import supervise as supervision
from rushes.platform.db.embedded import EmbeddedPostgres, start_embedded
from rushes.platform.db.engine import database_gone
from rushes.platform.db.supervise import supervise


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


async def test_a_server_that_was_killed_is_back_with_all_that_was_committed(open_folder: Path):
    data = open_folder / "data"
    server = await asyncio.to_thread(start_embedded, data, data / "postgres")
    watch = asyncio.create_task(supervise(server, look_seconds=0.05))
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(int((data / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

        async def back() -> bool:
            return await asyncio.to_thread(answers, server.url)

        await until(back)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await asyncio.to_thread(server.close)
    assert not server.is_running()
    await asyncio.to_thread(server.start_again)
    assert not server.is_running(), "one that was let go of is not started again"


class Dying(EmbeddedPostgres):
    """One that does not stay up."""

    def __init__(self) -> None:
        self.trouble = None
        self.starts = 0

    def is_running(self) -> bool:
        return False

    def start_again(self) -> None:
        self.starts += 1
        if self.starts % 2:
            raise SystemFault("It does not start.", error_type=ErrorType.DATABASE)


async def test_one_that_keeps_dying_is_left_alone_and_the_reason_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    dying = Dying()
    watch = asyncio.create_task(supervise(dying, look_seconds=0.001))

    async def told() -> bool:
        return dying.trouble is not None

    await until(told)
    await asyncio.sleep(0.05)
    assert dying.starts == supervision.MOST_STARTS
    assert caplog.text.count("does not stay up") == 1
    fault = database_gone(make_url("postgresql://u@/db?host=/tmp/x"), OSError("no such file"), dying.trouble)
    assert "killed 5 times in 10 minutes" in fault.message
    monkeypatch.setattr(supervision, "WITHIN_SECONDS", 0.0)  # the minutes are over

    async def again() -> bool:
        return dying.starts > supervision.MOST_STARTS

    await until(again)
    watch.cancel()
