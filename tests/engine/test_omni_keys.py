"""Many shots over several keys through the real engine and the real SDK, and what it cost in the end."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from standins._clips import code_of, read_code
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Busy, Gemini
from tests.jobs import folder, ledger, make_job, until_status, videos

from rushes.engine.runtime import Runtime
from rushes.errors import RetryLater
from rushes.keys.actions import NewKey, add_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.omni import Omni
from rushes.providers.video_contract import Call
from rushes.settings import Settings

SHOTS = [80, pytest.param(500, marks=pytest.mark.soak)]
KEYS = ("key-one-1111", "key-two-2222", "key-three-3333")


@pytest.fixture
def gemini() -> Gemini:
    return Gemini(tiny=True, busy=Busy(chance=0.25, seconds=0.5, seed=4))


@pytest.fixture(autouse=True)
def served(settings: Settings, gemini: Gemini, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert settings  # which takes every RUSHES_… out of the environment first
    with serve_app(create_app(gemini)) as url:
        monkeypatch.setenv("RUSHES_OMNI_BASE_URL", url)
        monkeypatch.setenv("RUSHES_OMNI_POLL_SECONDS", "0.2")
        yield


@pytest.mark.slow
@pytest.mark.parametrize("shots", SHOTS)
@pytest.mark.usefixtures("worker")
async def test_many_shots_over_3_keys_with_random_limits_finish_and_the_ledger_is_the_bill(
    shots: int, run: Runtime, gemini: Gemini, monkeypatch: pytest.MonkeyPatch
):
    told: dict[str, float] = {}
    limited: set[str] = set()
    disturbed: list[str] = []
    submit = Omni.submit

    async def watched(self: Omni, call: Call[Any]) -> str:
        assert call.credential is not None
        key = call.credential.secret
        if time.monotonic() < told.get(key, 0.0):
            disturbed.append(key)
        try:
            return await submit(self, call)
        except RetryLater as error:
            # A limit rests the key. One that meets the same shot again while others are accepted
            # rests that shot alone, and others may go on.
            if call.shot.prompt not in limited:
                told[key] = max(told.get(key, 0.0), time.monotonic() + (error.after or 0.0))
            limited.add(call.shot.prompt)
            raise

    monkeypatch.setattr(Omni, "submit", watched)
    for secret in KEYS:
        new = {"provider": "omni", "secret": secret, "concurrency": 10}
        await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))
    prompts = [f"shot {number}" for number in range(shots)]
    job_id = await make_job(run, prompts, provider="omni", resolution="360p", duration_seconds=3)
    job = await until_status(run, job_id, "completed")
    assert job.completed_videos == shots
    assert set(told) == set(KEYS), "every key was limited at least once"
    assert disturbed == [], "a key was used while it had to rest"
    assert Counter(gemini.creates.values()) == {1: shots}, "nothing was asked for twice"
    bill = gemini.bill()
    assert set(bill) == set(KEYS)
    spent = sum((row.cost or Decimal(0) for row in await ledger(run, job_id)), Decimal(0))
    assert job.cost == spent
    assert abs(spent - sum(bill.values())) < Decimal("0.001")
    for video in random.Random(1).sample(await videos(run, job_id), 20):
        key = f"jobs/{job_id}/videos/{video.video_id}.mp4"
        assert read_code(folder(run).path(key)) == code_of(video.prompt_text)
