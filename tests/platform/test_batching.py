"""Doing together what is asked for at the same moment."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.waiting import PATIENCE_SECONDS

from rushes.platform.batching import GATHER_SECONDS, Together


class Recorder:
    """Work that notes its batches and waits for a sign."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await self.go.wait()
        if -1 in items:
            raise ValueError("one of these is wrong")
        if -2 in items:
            raise ConnectionError("nobody can be served")
        return [item * 10 for item in items]


async def ask(together: Together[int, int], *items: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together(item)) for item in items]
    await asyncio.sleep(0)  # each has asked
    await asyncio.sleep(0)  # whoever can has begun
    return tasks


async def test_one_alone_is_served_at_once_and_the_others_together_after_it():
    work = Recorder()
    together = Together(work)
    tasks = await ask(together, 1)
    tasks += await ask(together, 2, 3, 4)
    work.go.set()
    assert await asyncio.gather(*tasks) == [10, 20, 30, 40]
    assert work.batches == [[1], [2, 3, 4]]


async def test_everyone_gets_the_own_result_however_many_there_are():
    work = Recorder()
    work.go.set()
    together = Together(work, turns=2)
    assert await asyncio.gather(*(together(n) for n in range(250))) == [n * 10 for n in range(250)]
    assert sorted(n for batch in work.batches for n in batch) == list(range(250))
    assert len(work.batches) < 10


async def test_one_that_cannot_be_done_spoils_nothing_for_the_others():
    work = Recorder()
    work.go.set()
    together = Together(work, spoiled=(ValueError,))
    done = await asyncio.gather(*(together(n) for n in (1, -1, 2)), return_exceptions=True)
    assert (done[0], done[2]) == (10, 20)
    assert isinstance(done[1], ValueError)


async def test_a_fault_that_is_nobodys_own_is_told_to_all_and_tried_once():
    work = Recorder()
    work.go.set()
    together = Together(work, spoiled=(ValueError,))
    done = await asyncio.gather(*(together(n) for n in (-2, 1, 2)), return_exceptions=True)
    assert all(isinstance(each, ConnectionError) for each in done)
    assert work.batches == [[-2, 1, 2]]
    assert await together(3) == 30  # and the next is served as ever


async def test_what_nobody_waits_for_any_more_is_not_begun():
    work = Recorder()
    together = Together(work)
    first, second, third = [*await ask(together, 1), *await ask(together, 2, 3)]
    second.cancel()
    await asyncio.sleep(0)
    work.go.set()
    assert (await first, await third) == (10, 30)
    assert work.batches == [[1], [3]]


async def test_a_caller_that_goes_away_takes_nothing_from_the_others():
    work = Recorder()
    together = Together(work)
    first, second, third = await ask(together, 1, 2, 3)
    second.cancel()
    work.go.set()
    assert (await first, await third) == (10, 30)
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_who_asks_in_the_moment_in_which_a_turn_ends_is_served():
    work = Recorder()
    work.go.set()
    together = Together(work)
    async with asyncio.timeout(PATIENCE_SECONDS):
        for n in range(100):
            assert await together(n) == n * 10
            await asyncio.sleep(GATHER_SECONDS)  # as long as the turn waits: it ends while this one asks
