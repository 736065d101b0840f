"""Does together what many tasks ask for at the same moment: one statement for all of them.

A thousand takes that start or end in the same second would otherwise be a thousand round trips. Who
asks alone is served at once; who asks meanwhile waits for the next turn, with everyone else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar, cast

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

MOST = 100
"""Items of one turn, so that the first of many need not wait for all."""
GATHER_SECONDS = 0.01
"""Between two turns, so that the next one has more than the few that came in the blink of the last."""


class Together(Generic[ItemT, ResultT]):
    """Calls `work` with the items that came since it last began; at most `turns` calls at a time.

    `work` answers with one result for each item, in their order. When it raises one of `spoiled` (an item
    that cannot be done), each is tried alone, so that it spoils nothing for the others.
    """

    def __init__(
        self,
        work: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
        *,
        turns: int = 1,
        spoiled: tuple[type[Exception], ...] = (),
    ) -> None:
        self._work = work
        self._turns = turns
        self._spoiled = spoiled
        self._waiting: list[tuple[ItemT, asyncio.Future[ResultT]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, item: ItemT) -> ResultT:
        """The result for one item. Not begun for a caller that is cancelled before; begun, it may be done."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._running) < self._turns:
            self._running.add(asyncio.create_task(self._until_nobody_waits()))
        return await future

    async def _until_nobody_waits(self) -> None:
        try:
            await self._take_turns()
        finally:
            # In the same breath in which it saw that nobody waits: who asks next begins a turn.
            self._running.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _take_turns(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            # A worker that stops must not mark as being sent what it will not send.
            batch = [one for one in batch if not one[1].done()]
            if not batch:
                continue
            try:
                await self._together(batch)
            except self._spoiled:
                for one in batch:
                    await self._alone(one)
            except Exception as error:  # noqa: BLE001  # given to everyone who asked
                for _, future in batch:
                    _fail(future, error)
            await asyncio.sleep(GATHER_SECONDS)

    async def _together(self, batch: Sequence[tuple[ItemT, asyncio.Future[ResultT]]]) -> None:
        results = await self._work([item for item, _ in batch])
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _alone(self, one: tuple[ItemT, asyncio.Future[ResultT]]) -> None:
        try:
            await self._together([one])
        except Exception as error:  # noqa: BLE001  # given to the one who asked
            _fail(one[1], error)


def _fail(future: asyncio.Future[ResultT], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
