"""`/metrics`: numbers of the rows and of this process, for Prometheus alone, and of nobody in particular."""

import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from tests.conftest import PostgresServer
from tests.jobs import make_job
from tests.serving import serve

from rushes.api.metrics import rows
from rushes.api.metrics.serve import metrics_beside
from rushes.engine.runtime import Runtime
from rushes.settings import Settings


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def metered(run: Runtime, **more: object) -> AsyncGenerator[httpx.AsyncClient]:
    run.settings = run.settings.model_copy(update={"metrics_port": 0, **more})
    async with metrics_beside(run) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def numbers(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_rows_are_counted(run: Runtime):
    await make_job(run, ["a boat of Ada's", "a bridge"])
    async with metered(run) as client:
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        found = numbers(answer.text)
    assert found["rushes_jobs", ("processing",)] == 1
    assert found["rushes_open_videos", ("queued",)] == 2
    assert found["rushes_workers_alive", ()] == 0
    assert found["rushes_database_up", ()] == 1
    assert found["rushes_disk_free_bytes", ("data",)] > 0
    assert ("process_resident_memory_bytes", ()) in found
    assert "Ada" not in answer.text


async def test_every_query_is_one_that_the_database_knows(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "FRESH_SECONDS", 0.0)
    async with metered(run) as client:
        await client.get("/metrics")
        text = (await client.get("/metrics")).text
    for name, *_ in rows.COUNTED:
        assert f"# TYPE {name} gauge" in text


async def test_without_the_token_nothing_is_told(run: Runtime):
    async with metered(run, metrics_token=SecretStr("k" * 20)) as client:
        for sent in ({}, {"authorization": "Bearer no"}, {"authorization": "Bearer é"}):
            refused = await client.get("/metrics", headers=httpx.Headers(sent, encoding="utf-8"))
            assert refused.status_code == 401
            assert "rushes_" not in refused.text
        told = await client.get("/metrics", headers={"authorization": f"Bearer {'k' * 20}"})
        assert told.status_code == 200
        assert "k" * 20 not in told.text


async def test_a_database_that_is_away_is_told_as_a_number(
    run: Runtime, database_url: str, postgres: PostgresServer
):
    name = database_url.rsplit("/", 1)[1].split("?")[0]
    postgres.execute(
        f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    async with metered(run) as client:
        found = numbers((await client.get("/metrics")).text)
    postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
    assert found["rushes_database_up", ()] == 0


async def test_requests_are_counted_by_route_and_never_by_path(settings: Settings):
    port = free_port()
    measured = settings.model_copy(update={"metrics_port": port})
    async with serve(measured, with_worker=False) as served, httpx.AsyncClient() as client:
        await client.get(f"{served.url}/api/jobs/6f1c6f9e-0000-4000-8000-000000000000")
        await client.get(f"{served.url}/secret/of/ada")
        await client.request("BREW", f"{served.url}/api/jobs")
        text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    found = numbers(text)
    assert found["rushes_http_request_duration_seconds_count", ("GET", "/api/jobs/{job_id}", "404")] == 1
    assert "ada" not in text
    assert "6f1c6f9e" not in text
    assert "BREW" not in text


async def test_a_port_that_is_taken_stops_nothing(run: Runtime, caplog: pytest.LogCaptureFixture):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run.settings = run.settings.model_copy(update={"metrics_port": taken.getsockname()[1]})
        async with metrics_beside(run) as port:
            assert port is None
    assert "metrics are not served" in caplog.text


RULES = Path(__file__).parents[2] / "deploy/prometheus/rushes.rules.yml"


async def test_every_alert_asks_for_a_number_that_there_is_and_names_what_helps(run: Runtime):
    async with metered(run) as client:
        text = (await client.get("/metrics")).text
    groups = yaml.safe_load(RULES.read_text())["groups"]
    alerts = [rule for group in groups for rule in group["rules"]]
    assert len(alerts) == 8
    for alert in alerts:
        for name in re.findall(r"rushes_\w+", alert["expr"]):
            known = name == "rushes_backup_age_seconds" or f"# TYPE {name} " in text
            assert known, f"{alert['alert']}: there is no {name}"
        file, _, heading = alert["annotations"]["runbook"].partition(", ")
        guide = (RULES.parents[2] / file).read_text()
        assert not heading or f"## {heading}\n" in guide, heading
