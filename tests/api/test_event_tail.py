"""The tail that listeners copy from: each event is read and encoded once, whoever listens."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.jobs import make_job, until
from tests.serving import Served

from rushes.api.event_tail import EventTail
from rushes.api.live import Live
from rushes.engine import events
from rushes.engine.events import Cursor, EventRow
from rushes.platform.db.models import LOCAL_OWNER

ME, OTHER = UUID(int=1), UUID(int=2)
JOB = UUID(int=3)
LISTENERS = 40


def event(number: int, owner: UUID = ME, job: UUID | None = JOB, status: str = "queued") -> EventRow:
    return EventRow(Cursor(10, number), owner, job, None, "job", {"status": status})


def encode(row: EventRow) -> bytes:
    return f"{row.cursor.id} ".encode()


def tail_of(*rows: EventRow, most: int = 100) -> EventTail:
    tail = EventTail(Cursor(10, 0), encode, most)
    for row in rows:
        tail.extend([row])
    return tail


def test_a_listener_copies_what_is_its_own_from_its_place():
    tail = tail_of(event(1), event(2, OTHER), event(3, job=uuid4()), event(4))
    assert tail.content(ME, None, 0) == (b"1 3 4 ", False)
    assert tail.content(ME, JOB, 0) == (b"1 4 ", False)
    assert tail.content(OTHER, None, 0) == (b"2 ", False)
    place = tail.place_behind(Cursor(10, 3))
    assert place == 3
    assert tail.content(ME, None, place) == (b"4 ", False)
    assert tail.content(ME, None, 0)[0] is tail.content(ME, None, 0)[0], "it is joined once"
    tail.extend([event(5, status="deleted")])
    assert tail.content(ME, JOB, place) == (b"4 5 ", True)
    assert tail.content(ME, None, place) == (b"4 5 ", False), "of all jobs: others follow"


def test_what_is_further_behind_than_the_tail_is_not_skipped():
    tail = tail_of(*(event(n) for n in range(1, 8)), most=3)
    assert (tail.floor, tail.head, tail.end) == (Cursor(10, 4), Cursor(10, 7), 7)
    assert tail.place_behind(Cursor(10, 3)) is None
    place = tail.place_behind(Cursor(10, 4))
    assert place is not None
    assert tail.content(ME, None, place) == (b"5 6 7 ", False)
    assert tail.place_behind(Cursor(10, 9)) == tail.end, "it is ahead: nothing yet"


class Listener:
    """Hears everything of an owner, in a task of its own."""

    def __init__(self, live: Live, cursor: Cursor) -> None:
        self.heard: list[str] = []
        self.task = asyncio.create_task(self._listen(live.parts(LOCAL_OWNER, cursor)))

    async def _listen(self, parts: AsyncGenerator[Any]) -> None:
        async with aclosing(parts):
            async for part in parts:
                self.heard += part.content.decode().split()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events each read of the database found."""
    found, read_after = list[int](), events.events_after

    async def counted(*given: Any, **more: Any) -> list[EventRow]:
        rows = await read_after(*given, **more)
        found.append(len(rows))
        return rows

    monkeypatch.setattr(events, "events_after", counted)
    return found


async def test_many_listeners_cost_one_reader_and_one_encoding_of_each_event(still: Served, reads: list[int]):
    encoded = list[str]()

    def count(row: EventRow) -> bytes:
        encoded.append(str(row.cursor))
        return f"{row.cursor} ".encode()

    live = Live(still.run, count)
    async with still.run.db.statement() as session:
        cursor = await events.now(session)
    listeners = [Listener(live, cursor) for _ in range(LISTENERS)]

    def all_heard(jobs: int) -> Callable[[], Any]:
        async def heard() -> bool:
            return all(len(each.heard) >= jobs for each in listeners)

        return heard

    await make_job(still.run, ["a"])
    await until(all_heard(1))  # by now all of them follow the tail
    before = len(listeners[0].heard)
    reads.clear()
    encoded.clear()
    for n in range(5):
        await make_job(still.run, [f"a {n}"])
    await until(all_heard(before + 5))
    assert {tuple(each.heard) for each in listeners} == {tuple(listeners[0].heard)}
    assert len(listeners[0].heard) == len(set(listeners[0].heard))
    assert len(encoded) == len(set(encoded)) == sum(reads), "each event was read and encoded once"
    live.close()
    await asyncio.gather(*(each.task for each in listeners))
