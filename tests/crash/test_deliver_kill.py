"""A worker that is killed between sending a message and recording it: it comes again, under the same id."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook
from standins.receiver import receiving

from rushes.engine.runtime import open_runtime
from rushes.settings import Settings
from tests.crash.victim import Victim
from tests.notices.hooks import add_hook, log_of, permit_private, write
from tests.waiting import until_now


@pytest.mark.parametrize("killed", [1, 2])
async def test_a_message_whose_delivery_was_not_recorded_comes_again(
    settings: Settings, tmp_path: Path, killed: int
):
    assert isinstance(settings.database_url, SecretStr)
    environment = {
        "RUSHES_DATABASE_URL": settings.database_url.get_secret_value(),
        "RUSHES_DELIVER_PRIVATE": "true",
        "RUSHES_DELIVER_TIMEOUT_SECONDS": "5",
        "RUSHES_STALLED_AFTER_SECONDS": "10",
        "RUSHES_HEARTBEAT_SECONDS": "1",
        "RUSHES_ECHO_DIR": str(tmp_path / "echo"),
    }
    with receiving() as receiver:
        async with open_runtime(settings) as run:
            permit_private(run)
            hook = await add_hook(run, receiver, "/hang")
            await write(run)
        for times in range(1, killed + 1):
            victim = Victim(settings, '{"echo": 1}', environment=environment)
            try:
                until_now(lambda times=times: len(receiver.got) >= times)
            finally:
                victim.kill()
        receiver.let_answer.set()
        last = Victim(settings, '{"echo": 1}', environment=environment)
        try:
            until_now(lambda: len(receiver.got) > killed)
        finally:
            until_now(lambda: last.process.poll() is not None or len(receiver.got) > killed)
        async with open_runtime(settings) as run:
            until_now(lambda: last.process.poll() is not None)
            (entry,) = await log_of(run, hook.id)
        assert last.finish() == 0
    assert (entry.state, entry.attempts) == ("delivered", killed + 1)
    assert {each.id for each in receiver.got} == {str(entry.message_id)}
    assert len(receiver.got) == killed + 1
    Webhook(hook.secret).verify(receiver.got[-1].body, receiver.got[-1].headers)
