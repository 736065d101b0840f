"""The program that keeps a model loaded: refusals, deaths, cancels, and its end."""

import asyncio

import pytest

from rushes.errors import SystemFault
from rushes.platform.media.speech.helper import Helper, HelperBugError, HelperRefusedError

HERE = "tests.platform.media.speech.helped"


@pytest.fixture
def helper():
    made = Helper(HERE, "The helper")
    yield made
    made.close()


async def test_it_answers_one_after_the_other_from_one_process(helper: Helper):
    answers = await asyncio.gather(*(helper.call("echo", value=at) for at in range(5)))
    assert [each["value"] for each in answers] == list(range(5))
    assert len({each["process"] for each in answers}) == 1


async def test_a_refusal_a_bug_and_what_is_printed_are_told_apart(helper: Helper):
    with pytest.raises(HelperRefusedError, match="not today") as refused:
        await helper.call("refuse")
    assert refused.value.kind == "mood"
    with pytest.raises(HelperBugError, match="ZeroDivisionError"):
        await helper.call("fail")
    assert await helper.call("chatter") == {"said": True}


async def test_its_death_is_a_fault_and_the_next_call_starts_another(helper: Helper):
    first = await helper.call("echo", value=1)
    with pytest.raises(SystemFault, match="stopped"):
        await helper.call("die")
    assert (await helper.call("echo", value=2))["process"] != first["process"]


async def test_a_cancelled_call_does_not_keep_the_next_one_waiting(helper: Helper):
    first = await helper.call("echo", value=1)
    task = asyncio.create_task(helper.call("sleep", seconds=600))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await helper.call("echo", value=2))["process"] != first["process"]


async def test_a_call_that_is_cancelled_in_the_queue_leaves_the_one_at_work_alone(helper: Helper):
    working = asyncio.create_task(helper.call("sleep", seconds=1))
    waiting = asyncio.create_task(helper.call("echo", value=1))
    await asyncio.sleep(0.3)
    waiting.cancel()
    assert await working == {"slept": 1}
    with pytest.raises(asyncio.CancelledError):
        await waiting
