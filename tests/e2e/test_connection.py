"""The server goes away and comes back: the page says so, mends itself, and nothing is lost."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from rushes.settings import Settings
from tests.cli.installation import (
    COMMAND,
    environment,
    free_port,
    make_batch,
    staying,
    until_up,
)
from tests.e2e.person import Person
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="session")


@contextmanager
def up(port: int, env: dict[str, str], cwd: Path) -> Generator[None]:
    """`rushes up` in a process of its own, stopped at the end as an operator stops it."""
    with staying([*COMMAND, "up", "--port", str(port)], env, cwd) as process:
        until_up(f"http://127.0.0.1:{port}", process)
        yield
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, log


async def test_a_paused_job_outlives_a_restart_under_an_open_page(
    page: Page, built_page: None, settings: Settings, tmp_path: Path
):
    assert settings.database_url is not None
    env = environment(
        tmp_path,
        RUSHES_DATA_DIR=str(tmp_path / "data"),
        RUSHES_DATABASE_URL=settings.database_url.get_secret_value(),
        RUSHES_MIN_FREE_BYTES="0",
        RUSHES_PROVIDER_CONCURRENCY='{"echo": 1}',
        RUSHES_ECHO_OFFERED="true",
    )
    batch = make_batch(tmp_path / "in", ["A fox", "A harbour", "A wheat field"])
    port = free_port()
    person = Person(page, f"http://127.0.0.1:{port}")
    with up(port, env, tmp_path):
        await person.opens("/new")
        await person.names_it("Winter")
        await person.drops(*sorted(batch.iterdir()))
        await person.chooses_echo(delay=2)
        await person.starts(3)
        await expect(person.take(1)).to_contain_text("Generating")
        await person.pauses()
        await person.sees_connection("Live")
    await person.sees_connection("Connection lost. Reconnecting…")
    with up(port, env, tmp_path):
        await person.sees_connection("Live")
        await person.sees_state("Paused")
        await expect(person.take(3)).to_contain_text("Paused by you")
        await person.resumes()
        for shot in (1, 2, 3):
            await person.sees_finished(shot)
        await person.sees_state("Done")
