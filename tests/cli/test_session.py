"""What commands find and say of jobs, on a database without a worker."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import typer

from rushes import cli
from rushes.cli import job_actions
from rushes.cli._session import find_job
from rushes.engine.runtime import Runtime
from tests.api.rows import set_job, set_video
from tests.jobs import make_job, videos


def test_one_module_says_as_whom_commands_act():
    folder = Path(cli.__file__).parent
    named = [path.name for path in folder.rglob("*.py") if "LOCAL_OWNER" in path.read_text(encoding="utf-8")]
    assert named == ["_session.py"]


async def test_the_last_job_is_the_newest_that_is_listed(run: Runtime):
    batch = await make_job(run, ["a"])
    await set_job(run, await make_job(run, ["b"]), kind="studio")
    async with run.db.begin() as session:
        assert await find_job(session, "last") == batch


async def test_a_retry_of_a_paused_job_says_that_it_waits_to_be_resumed(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    async def retry() -> str:
        commands: list[Callable[[Runtime], Awaitable[int]]] = []

        def kept(command: Callable[[Runtime], Awaitable[int]], remote: object) -> int:
            assert remote is not None
            commands.append(command)
            return 0

        monkeypatch.setattr(job_actions, "with_runtime", kept)
        with pytest.raises(typer.Exit):
            job_actions.retry("last", json=False)
        assert await commands[0](run) == 0
        return capsys.readouterr().out

    job_id = await make_job(run, ["a", "b", "c"])
    first, second, _ = (each.video_id for each in await videos(run, job_id))
    for each in (first, second):
        await set_video(run, each, status="failed", error_type="timeout")
    await set_job(run, job_id, status="paused", paused_by="user", pause_reason="Paused by you.")
    one = str(job_id)[:8]
    assert f"is paused. 2 videos will be retried when you resume: rushes resume {one}" in await retry()
    await set_job(run, job_id, status="processing")
    await set_video(run, first, status="failed", error_type="timeout")
    assert "continues: 1 video to retry." in await retry()
