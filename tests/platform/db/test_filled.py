"""An installation that is full of everything loses nothing on the way to today's schema.

It is made by the migrations up to 0010 and `filled/0010.sql`, then migrated to the newest one. A migration
that moves or renames something adds to `RENAMED` or `MOVED`, with a test of its own of what became of it.
"""

from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, make_url, text
from tests.conftest import PostgresServer

from rushes.engine.states import SubmissionState
from rushes.jobs.rows import get_job
from rushes.money.budgets import read_budgets
from rushes.money.costs import read_costs
from rushes.money.views import By
from rushes.platform.db.engine import Database, open_database
from rushes.platform.db.migrate import alembic_config, migrate
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings

FILLED = Path(__file__).with_name("filled")
BEFORE = "0010"
RENAMED = {
    ("submissions", "video_ids"): "subject_ids",
    ("upscale_task_videos", "upscale_id"): "work_id",
}
"""(table, column) of the old schema: the column that has the same values now."""
MOVED = frozenset({("jobs", "priority"), ("jobs", "take_price")})
"""(table, column) of the old schema whose values are elsewhere now, by a test of its own.

`priority` became `queue_rank`: test_projects_migration.py. `take_price` is a take's `price`."""

Rows = dict[str, dict[str, dict[str, Any]]]
"""Table → primary key → column → value, as JSON has it."""

OLD_BUDGETS = """
    SELECT COALESCE(sum(counts) FILTER (WHERE claimed_at >= date_trunc('day', now(), 'UTC')), 0) AS day,
           COALESCE(sum(counts) FILTER (WHERE claimed_at >= date_trunc('month', now(), 'UTC')), 0) AS month
    FROM (
        SELECT claimed_at, CASE WHEN state IN ('claimed', 'submitting', 'submitted', 'uncertain')
                   OR (state = 'cancelled' AND submitted_at IS NOT NULL)
                   THEN COALESCE(cost, cost_estimate) ELSE cost END AS counts
        FROM submissions
    ) each
"""
OLD_KEYS = {
    By.VIDEO: "video_id::text",
    By.JOB: "job_id::text",
    By.PROJECT: "COALESCE(project_id::text, '')",
    By.KEY: "COALESCE(credential_id::text, '')",
    By.PROVIDER: "provider",
    By.DAY: "day::text",
}
OLD_COSTS = """
    WITH shares AS (
        SELECT s.*, take.id AS video_id, (s.claimed_at AT TIME ZONE 'UTC')::date AS day, j.project_id,
               CASE WHEN count(v.id) FILTER (WHERE v.status = 'completed') OVER its > 0
                    THEN (v.status = 'completed')::int::numeric
                         / count(v.id) FILTER (WHERE v.status = 'completed') OVER its
                    ELSE 1.0 / cardinality(s.video_ids) END AS share
        FROM submissions s CROSS JOIN LATERAL unnest(s.video_ids) AS take(id)
        LEFT JOIN videos v ON v.id = take.id AND v.submission_id = s.id
        LEFT JOIN jobs j ON j.id = s.job_id
        WHERE s.state <> 'released'
        WINDOW its AS (PARTITION BY s.id)
    )
    SELECT {key} AS key, COALESCE(sum(COALESCE(cost, 0) * COALESCE(share, 0)), 0) AS settled,
           COALESCE(sum(cost_estimate * COALESCE(share, 0)) FILTER (
               WHERE cost IS NULL AND (state IN ('claimed', 'submitting', 'submitted', 'uncertain')
                   OR state = 'cancelled' AND submitted_at IS NOT NULL)), 0) AS open
    FROM shares GROUP BY 1
"""


@dataclass(frozen=True)
class Filled:
    """A filled database of the old schema: its rows, and what had been spent by its own reckoning."""

    address: str
    rows: Rows
    budgets: dict[str, Decimal]
    costs: dict[By, dict[str, tuple[Decimal, Decimal]]]


@pytest.fixture
def filled(postgres: PostgresServer, tmp_path: Path) -> Iterator[Filled]:
    """The database, made anew for each test."""
    name = f"filled_{uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name}")
    address = postgres.address(name)
    with opened(address) as connection:
        command.upgrade(alembic_config(connection), BEFORE)
    with psycopg.connect(address) as plain:
        plain.execute((FILLED / f"{BEFORE}.sql").read_bytes())
    with opened(address) as connection:
        budgets = connection.execute(text(OLD_BUDGETS)).one()
        costs = {
            by: {
                row.key: (row.settled, row.open)
                for row in connection.execute(text(OLD_COSTS.format(key=key)))
            }
            for by, key in OLD_KEYS.items()
        }
        rows = rows_of(connection)
    yield Filled(address, rows, {"day": budgets.day, "month": budgets.month}, costs)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def opened(address: str) -> Generator[Connection]:
    """A connection in one transaction."""
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def rows_of(connection: Connection) -> Rows:
    """Every row of every table but Alembic's own."""
    tables = connection.execute(
        text(
            "SELECT c.relname AS name, array_agg(CAST(a.attname AS text) ORDER BY a.attnum) AS key"
            " FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version' GROUP BY 1"
        )
    ).all()
    found: Rows = {}
    for table, key in tables:
        rows: list[dict[str, Any]] = list(
            connection.execute(text(f'SELECT to_jsonb(t) FROM "{table}" t')).scalars()
        )
        found[table] = {" ".join(str(row[column]) for column in key): row for row in rows}
    return found


@asynccontextmanager
async def migrated(filled: Filled, tmp_path: Path, operation_days: float = 2.0) -> AsyncGenerator[Database]:
    """The same database with today's schema."""
    settings = Settings.model_validate({"data_dir": tmp_path, "database_url": SecretStr(filled.address)})
    database = await open_database(settings)
    try:
        await migrate(database, operation_days)
        yield database
    finally:
        await database.close()


def test_what_is_filled_has_everything(filled: Filled):
    empty = {table for table, rows in filled.rows.items() if not rows}
    queue = {"procrastinate_events", "procrastinate_workers", "procrastinate_periodic_defers"}
    assert empty <= queue
    for table, column, values in (
        ("jobs", "status", {"pending", "processing", "paused", "completed", "failed", "cancelled"}),
        ("jobs", "kind", {"batch", "studio", "openai"}),
        ("videos", "status", {"queued", "generating", "waiting", "completed", "failed", "cancelled"}),
        ("videos", "waiting_for", {None, "person", "budget", "provider", "uncertain"}),
        ("credentials", "state", {"ready", "disabled", "invalid", "needs_person", "needs_auth", "deleted"}),
        ("credentials", "kind", {"key", "flow_account"}),
        ("upscales", "status", {"queued", "running", "completed", "failed", "cancelled"}),
        ("copies", "state", {"storing", "verified", "hot", "gone"}),
        (
            "submissions",
            "state",
            set(SubmissionState),
        ),
    ):
        assert {row[column] for row in filled.rows[table].values()} == values, (table, column)
    assert filled.budgets["month"] >= filled.budgets["day"] > 0


async def test_nothing_is_lost_and_nothing_is_changed(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path):
        pass
    with opened(filled.address) as connection:
        now = rows_of(connection)
    for table, rows in filled.rows.items():
        for key, row in rows.items():
            if table == "upscales":
                still_there(now, key, row)
                continue
            for column, value in row.items():
                if table == "procrastinate_jobs" and row["task_name"] == "rushes:upscale_video":
                    assert now[table][key]["args"] == {"work_id": row["args"]["upscale_id"]}
                elif (table, column) == ("credentials", "name"):
                    # Names are those of a service now: of two that were alike the newer one says whose it is.
                    assert now[table][key][column] in (value, f"{value} ({row['provider']})")
                elif (table, column) == ("jobs", "settings"):
                    # Those of earlier providers are the takes' own now, by a test below.
                    kept = {name: each for name, each in row["settings"].items() if name != "earlier"}
                    assert now[table][key][column] == kept
                elif (table, column) not in MOVED:
                    name = RENAMED.get((table, column), column)
                    assert now[table][key][name] == value, (table, key, column)


def still_there(now: Rows, key: str, upscale: dict[str, Any]) -> None:
    """How an upscale was made is local work now; the copy that a video has is still an upscale."""
    work = now["local_work"][key]
    recipe = ("quality", "codec", "enhance", "hardware")
    assert work["params"] == {column: upscale[column] for column in recipe}
    for column in (
        "owner_id",
        "video_id",
        "job_id",
        "status",
        "progress",
        "error",
        "worker",
        "created_at",
        "started_at",
        "ended_at",
    ):
        assert work[column] == upscale[column], (key, column)
    result: dict[str, list[str]] = work["result"] or {}
    assert (result.get("files") or [None])[0] == upscale["key"], key
    if upscale["current"]:
        copy = now["upscales"][key]
        for column in ("key", "width", "height", "size_bytes", "sha256", *recipe):
            assert copy[column] == upscale[column], (key, column)
    else:
        assert key not in now["upscales"]


async def test_costs_and_budgets_are_what_they_were(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path) as database, database.begin() as session:
        budgets = await read_budgets(session, LOCAL_OWNER)
        assert (budgets.day.spent, budgets.month.spent) == (filled.budgets["day"], filled.budgets["month"])
        for by, before in filled.costs.items():
            costs = await read_costs(session, LOCAL_OWNER, by)
            shown = {row.key: (row.settled, row.open) for row in costs.rows}
            assert shown.keys() == before.keys(), by
            for key, amounts in before.items():
                # A share of a video was cut off at the sixteenth digit, and is exact now to the sixth.
                assert shown[key] == pytest.approx(amounts, abs=Decimal("0.00001")), (by, key)
            total = [sum(column, start=Decimal(0)) for column in zip(*before.values(), strict=True)]
            assert [costs.settled, costs.open] == pytest.approx(total, abs=Decimal("0.000001")), by


async def expiry(database: Database) -> dict[tuple[str, str], timedelta | None]:
    """(kind, status) of every job → how long after its end it is deleted."""
    async with database.begin() as session:
        rows = await session.execute(text("SELECT kind, status, expires_at - ended_at AS after FROM jobs"))
        return {(row.kind, row.status): row.after for row in rows}


@pytest.mark.parametrize("days", [2.0, 0.5])
async def test_jobs_keep_the_time_that_their_kind_gave_them(filled: Filled, tmp_path: Path, days: float):
    async with migrated(filled, tmp_path, days) as database:
        for (kind, status), after in (await expiry(database)).items():
            ends = kind == "openai" and status in ("completed", "failed", "cancelled")
            assert after == (timedelta(days=days) if ends else None), (kind, status)
        async with database.begin() as session:
            rows = await session.execute(text("SELECT DISTINCT kind, keep_days FROM jobs"))
            kept = {row.kind: row.keep_days for row in rows}
    assert kept == {"batch": None, "studio": None, "openai": days}, "what was made in the Studio stays"


async def test_no_job_expires_where_the_operator_deletes_none(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path, 0.0) as database:
        assert set((await expiry(database)).values()) == {None}


async def test_every_submission_is_for_takes(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path) as database, database.begin() as session:
        rows = await session.execute(text("SELECT DISTINCT subject_kind FROM submissions"))
        assert list(rows.scalars()) == ["takes"]


async def test_takes_have_the_options_and_the_price_that_their_job_had(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path) as database, database.begin() as session:
        videos = {str(row.id): row for row in await session.execute(text("SELECT * FROM videos"))}
        shots = await session.execute(text("SELECT DISTINCT options FROM shots"))
        assert list(shots.scalars()) == [{}]
    moved = 0
    for video_id, before in filled.rows["videos"].items():
        job, video = filled.rows["jobs"][before["job_id"]], videos[video_id]
        if before["provider"] == job["provider"]:
            assert video.options == job["settings"]["options"]
            assert video.price == Decimal(str(job["take_price"]))
        else:  # its job has continued with another provider since
            moved += 1
            assert video.options == job["settings"]["earlier"][before["provider"]]
            submission = filled.rows["submissions"].get(before["submission_id"] or "")
            if submission:
                each = Decimal(str(submission["cost_estimate"])) / len(submission["video_ids"])
                assert video.price == pytest.approx(each, abs=Decimal("0.000001"))
    assert moved


async def test_jobs_are_expected_to_cost_what_they_were(filled: Filled, tmp_path: Path):
    takes = [row for row in filled.rows["videos"].values() if row["deleted_at"] is None]
    compared = 0
    async with migrated(filled, tmp_path) as database, database.begin() as session:
        for job_id, job in filled.rows["jobs"].items():
            its = [row for row in takes if row["job_id"] == job_id]
            shown = (await get_job(session, UUID(job["owner_id"]), UUID(job_id))).estimated_cost
            if job["take_price"] is None:
                assert shown is None
            elif all(row["provider"] == job["provider"] for row in its):
                # Of others the takes of both providers counted at the price of the last one.
                assert shown == Decimal(str(job["take_price"])) * len(its)
                compared += 1
    assert compared


async def test_the_schema_before_has_the_options_and_the_prices_back(filled: Filled, tmp_path: Path):
    async with migrated(filled, tmp_path):
        pass
    with opened(filled.address) as connection:
        command.downgrade(alembic_config(connection), "0017")
        jobs = rows_of(connection)["jobs"]
    for job_id, before in filled.rows["jobs"].items():
        assert jobs[job_id]["settings"] == before["settings"]
        if any(row["job_id"] == job_id for row in filled.rows["videos"].values()):
            assert jobs[job_id]["take_price"] == before["take_price"]
