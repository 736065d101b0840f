"""Server-sent events: nothing lost, nothing twice, nobody looking when nobody listens."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger
from tests.conftest import PostgresServer
from tests.jobs import make_job, until, until_status
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.engine.runtime import Runtime, open_runtime
from rushes.settings import Settings


@dataclass
class Event:
    """One event as it arrives."""

    id: str
    name: str
    data: dict[str, Any]


async def read(stream: httpx.Response) -> AsyncGenerator[Event]:
    """The events of a stream, the first (a place without an event) included."""
    fields: dict[str, str] = {}
    async for line in stream.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Event(fields.get("id", ""), fields.get("event", ""), json.loads(fields.get("data", "{}")))
            fields = {}


async def rows(run: Runtime, job_id: UUID) -> list[str]:
    """What a listener has to hear, in order."""
    async with run.db.begin() as session:
        found = await session.execute(
            text("SELECT xid::text, id FROM events WHERE job_id = :id ORDER BY events.xid, id"),
            {"id": job_id},
        )
        return [f"{xid}-{number}" for xid, number in found]


async def test_a_listener_that_loses_its_connection_misses_nothing_and_hears_nothing_twice(
    client: httpx.AsyncClient, server: Served
):
    job_id = await make_job(server.run, [f"shot {n} [busy:1]" for n in range(12)], outputs=2)
    heard: list[str] = []
    place, connections, ended = "0-0", 0, False
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not ended:
            connections += 1
            async with client.stream(
                "GET", f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": place}
            ) as stream:
                taken = 0
                async for event in read(stream):
                    if event.name:
                        heard.append(event.id)
                        taken += 1
                    place = event.id
                    ended = ended or (event.name == "job" and event.data["status"] == "completed")
                    if taken == 7 or ended:
                        break
    assert connections > 3
    assert heard == await rows(server.run, job_id)
    assert len(heard) == len(set(heard)) > 40


async def test_events_come_as_they_happen_and_tell_what_changed(client: httpx.AsyncClient, server: Served):
    job_id = await make_job(server.run, ["a", "[refuse:people]"], start=False)
    async with client.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-cache"
        events = read(stream)
        first = await anext(events)
        assert (first.name, first.data) == ("", {})
        assert (await client.post(f"/api/jobs/{job_id}/start")).status_code == 202
        seen = [event async for event in _until_completed(events)]
    assert {event.data["job_id"] for event in seen} == {str(job_id)}
    assert {event.name for event in seen} == {"job", "video"}
    assert all(("video_id" in event.data) == (event.name == "video") for event in seen)
    states = {(event.name, event.data["status"], event.data.get("error_type")) for event in seen}
    assert {
        ("job", "processing", None),
        ("video", "completed", None),
        ("video", "failed", "prominent_people"),
        ("job", "completed", None),
    } <= states


async def _until_completed(events: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
    async for event in events:
        yield event
        if event.name == "job" and event.data["status"] == "completed":
            return


async def _next_of_status(events: AsyncGenerator[Event], status: str) -> Event:
    """ "Now" is never late, but may be a little early: what happened just before may come first."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in events:
            if event.data.get("status") == status:
                return event
    raise AssertionError(f"the stream ended without {status}")


async def test_the_place_before_the_first_event_is_a_place_to_go_on_from(
    api: httpx.AsyncClient, still: Served
):
    job_id = await make_job(still.run, ["a"])
    async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        place = (await anext(read(stream))).id
    await api.post(f"/api/jobs/{job_id}/pause")
    async with api.stream("GET", f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": place}) as stream:
        assert (await _next_of_status(read(stream), "paused")).name == "job"


async def test_all_jobs_in_one_stream_but_nobody_elses(api: httpx.AsyncClient, still: Served):
    await add_stranger(still.run)
    async with api.stream("GET", "/api/events") as stream:
        events = read(stream)
        await anext(events)
        await make_job(still.run, ["not yours"], owner=STRANGER)
        mine = [await make_job(still.run, ["a"]), await make_job(still.run, ["b"])]
        assert [UUID((await anext(events)).data["job_id"]) for _ in mine] == mine


async def test_the_stream_of_a_deleted_job_says_so_and_ends(api: httpx.AsyncClient, still: Served):
    job_id = await make_job(still.run, ["a"])
    async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        events = read(stream)
        await anext(events)
        await api.delete(f"/api/jobs/{job_id}")
        last = [event async for event in events][-1]
    assert (last.name, last.data) == ("job", {"job_id": str(job_id), "status": "deleted"})
    assert (await api.get(f"/api/jobs/{job_id}/events")).status_code == 404


async def test_what_is_not_an_id_is_refused(api: httpx.AsyncClient):
    for given in ("x", "1", "1-", "-1-2", "1-x", f"{2**63}-0", f"0-{2**63}", "9" * 40 + "-1"):
        refused = await api.get("/api/events", headers={"Last-Event-ID": given})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), given
        assert refused.json()["errors"][0]["where"] == "Last-Event-ID"


async def test_listeners_hold_no_connection_and_nobody_looks_when_they_have_gone(
    api: httpx.AsyncClient, still: Served
):
    async def looks() -> int:
        tasks = [task for task in asyncio.all_tasks() if "Live._read" in repr(task.get_coro())]
        return len(tasks)

    assert await looks() == 0
    connections: list[httpx.Response] = []
    for _ in range(30):  # more than the pool has
        stream = await api.send(api.build_request("GET", "/api/events"), stream=True)
        assert stream.status_code == 200
        connections.append(stream)
    assert await looks() == 1
    assert (await api.get("/api/jobs")).status_code == 200
    for stream in connections:
        await stream.aclose()

    async def nobody() -> bool:
        return await looks() == 0

    await until(nobody)


async def test_a_stopping_server_ends_the_streams(settings: Settings):
    async with serve(settings, with_worker=False) as served, httpx.AsyncClient(base_url=served.url) as api:
        stream = await api.send(api.build_request("GET", "/api/events"), stream=True)
        events = read(stream)
        await anext(events)
        served.server.should_exit = True
        assert [event async for event in events] == []  # ended, not cut off


async def test_a_stream_outlives_a_database_that_goes_away_and_comes_back(
    api: httpx.AsyncClient, still: Served, postgres: PostgresServer, caplog: pytest.LogCaptureFixture
):
    name = still.run.db.url.database
    job_id = await make_job(still.run, ["a"])
    async with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        events = read(stream)
        await anext(events)
        postgres.execute(
            f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

        async def noticed() -> bool:
            return "cannot read events" in caplog.text

        await until(noticed)
        postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

        async def paused() -> bool:
            return (await api.post(f"/api/jobs/{job_id}/pause")).status_code == 200

        await until(paused)
        change = await _next_of_status(events, "paused")
        assert change.data == {"job_id": str(job_id), "status": "paused", "pause_reason": "Paused by you."}


async def test_a_quiet_stream_is_kept_alive_by_comments(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("rushes.api.live.PING_SECONDS", 0.01)  # else 15 s
    async with api.stream("GET", "/api/events") as stream:
        lines = [line async for line in _first(stream, 8)]
    assert lines.count(": ping") >= 2


async def _first(stream: httpx.Response, count: int) -> AsyncGenerator[str]:
    async for line in stream.aiter_lines():
        yield line
        count -= 1
        if not count:
            return


async def test_a_job_that_is_done_can_be_followed_from_its_beginning(
    client: httpx.AsyncClient, server: Served
):
    job_id = await make_job(server.run, ["a"])
    await until_status(server.run, job_id, "completed")
    expected = await rows(server.run, job_id)
    async with client.stream("GET", f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": "0-0"}) as stream:
        heard = [event.id async for event in _until_completed(read(stream)) if event.name]
    assert heard == expected


async def test_who_followed_another_incarnation_of_the_database_is_told_to_begin_anew(settings: Settings):
    """As after a backup was restored: the numbers of its events say nothing here."""
    async with open_runtime(settings) as run, run.db.begin() as session:
        await session.execute(text("UPDATE installation SET database_mark = 'another cluster/1'"))
    async with serve(settings) as served, httpx.AsyncClient(base_url=served.url) as api:
        for followed in ("100000-5", "00000000.100000-5"):
            async with api.stream("GET", "/api/events", headers={"Last-Event-ID": followed}) as stream:
                events = read(stream)
                place, reset = await anext(events), await anext(events)
            assert (reset.name, reset.data) == ("reset", {"status": "reset"})
            assert place.id == reset.id
            assert "." in place.id
        async with api.stream("GET", "/api/events", headers={"Last-Event-ID": place.id}) as stream:
            events = read(stream)
            await anext(events)
            await make_job(served.run, ["a"])
            assert (await anext(events)).name == "job", "its own incarnation is followed"
