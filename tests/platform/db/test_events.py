"""Events are read in an order in which none can be skipped, whatever commits first."""

from sqlalchemy import text
from tests.jobs import until

from rushes.engine.events import Cursor, events_after, now
from rushes.engine.runtime import Runtime
from rushes.platform.db.models import LOCAL_OWNER

INSERT = text(
    "INSERT INTO events (owner_id, job_id, type, data)"
    " VALUES (:owner, '00000000-0000-0000-0000-00000000000a', 'job',"
    " jsonb_build_object('n', CAST(:n AS int)))"
)


async def read(run: Runtime, cursor: Cursor) -> list[tuple[int, Cursor]]:
    async with run.db.begin() as session:
        return [(each.data["n"], each.cursor) for each in await events_after(session, LOCAL_OWNER, cursor)]


async def read_all(run: Runtime, cursor: Cursor, count: int) -> list[tuple[int, Cursor]]:
    """So many events, once they are there: an open transaction of another database of the server, such as
    another test's, holds them back as well."""

    async def there() -> bool:
        return len(await read(run, cursor)) >= count

    await until(there)
    return await read(run, cursor)


async def test_an_event_that_commits_late_is_not_skipped(run: Runtime):
    start = Cursor(0, 0)
    async with run.db.begin() as slow:
        await slow.execute(INSERT, {"owner": LOCAL_OWNER, "n": 1})
        async with run.db.begin() as quick:
            await quick.execute(INSERT, {"owner": LOCAL_OWNER, "n": 2})
        assert await read(run, start) == [], "2 is committed, but 1 may still come before it"
    seen = await read_all(run, start, 2)
    assert [n for n, _ in seen] == [1, 2]
    assert await read_all(run, seen[0][1], 1) == seen[1:]
    assert await read(run, seen[1][1]) == []


async def test_now_is_behind_all_that_was_and_before_all_that_comes(run: Runtime):
    async with run.db.begin() as session:
        await session.execute(INSERT, {"owner": LOCAL_OWNER, "n": 1})
    await read_all(run, Cursor(0, 0), 1)
    async with run.db.begin() as session:
        cursor = await now(session)
    assert await read(run, cursor) == []
    async with run.db.begin() as session:
        await session.execute(INSERT, {"owner": LOCAL_OWNER, "n": 2})
    assert [n for n, _ in await read_all(run, cursor, 1)] == [2]


def test_a_cursor_survives_being_written_and_read_and_nonsense_is_none():
    assert Cursor.parse(str(Cursor(12, 34))) == Cursor(12, 34)
    for nonsense in ("", "12", "a-b", "-1-2", "1-", "１-２x"):
        assert Cursor.parse(nonsense) is None
