"""When the dispatcher runs, and how often."""

import asyncio

import pytest
from tests.jobs import until

from rushes.runtime import Runtime
from rushes.tasks import dispatch


async def test_a_slow_dispatcher_runs_one_at_a_time_and_once_more_for_all_who_asked_meanwhile(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    begun: list[str] = []
    go = asyncio.Event()

    async def slow(provider: str) -> None:
        begun.append(provider)
        await go.wait()

    monkeypatch.setattr(dispatch, "dispatch_now", slow)
    dispatch.dispatch_soon("echo")

    async def began() -> bool:
        return begun == ["echo"]

    await until(began)
    for _ in range(20):
        dispatch.dispatch_soon("echo")
        await asyncio.sleep(0.02)
    assert begun == ["echo"]
    go.set()

    async def idle() -> bool:
        return not run.dispatching

    await until(idle)
    assert begun == ["echo", "echo"]
