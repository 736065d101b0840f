"""Numbers from the database: read at most every few seconds, however often they are asked for."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from rushes.engine.runtime import Runtime
from rushes.engine.states import OPEN_VIDEOS, SubmissionState, sql_list
from rushes.engine.submission_costs import LEDGER
from rushes.engine.workers import workers_alive
from rushes.platform.backups.places import open_place
from rushes.platform.storage.bucket import free_bytes

FRESH_SECONDS = 10.0
Family = tuple[str, str, tuple[str, ...], str]

_OPEN = sql_list(OPEN_VIDEOS)
_UNCERTAIN = str(SubmissionState.UNCERTAIN)
COUNTED: tuple[Family, ...] = (
    (
        "rushes_jobs", "Jobs by status.", ("status",),
        "SELECT status, count(*) FROM jobs GROUP BY status",
    ),
    (
        "rushes_open_videos", "Videos that have not ended, by status.", ("status",),
        f"SELECT status, count(*) FROM videos WHERE status IN {_OPEN}"  # noqa: S608  # our own words
        " AND deleted_at IS NULL GROUP BY status",
    ),
    (
        "rushes_queue_depth", "Tasks in the queue.", ("queue", "state"),
        "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
        " WHERE status IN ('todo', 'doing') GROUP BY queue_name, status",
    ),
    (
        "rushes_queue_oldest_seconds", "How long the oldest task that may start has waited.", ("queue",),
        "SELECT queue_name, extract(epoch FROM now() - min(COALESCE(j.scheduled_at, e.at)))"
        " FROM procrastinate_jobs j"
        " JOIN procrastinate_events e ON e.job_id = j.id AND e.type IN ('deferred', 'scheduled')"
        " WHERE j.status = 'todo' AND COALESCE(j.scheduled_at, e.at) <= now() GROUP BY queue_name",
    ),
    (
        "rushes_credentials", "Keys and sign-ins by service and state.", ("service", "state"),
        "SELECT service, state, count(*) FROM credentials WHERE state <> 'deleted' GROUP BY service, state",
    ),
    (
        "rushes_spend_usd", "US dollars spent, by provider, since the day or the month began (UTC).",
        ("provider", "period"),
        "SELECT provider, period, sum(settled) FROM"  # noqa: S608  # our own words
        f" {LEDGER} l, (VALUES ('day'), ('month')) p (period)"
        " WHERE claimed_at >= date_trunc(period, now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
        " GROUP BY provider, period",
    ),
    (
        "rushes_uncertain_submissions", "Paid calls of which nobody knows whether they were accepted.", (),
        f"SELECT count(*) FROM submissions WHERE state = '{_UNCERTAIN}'",  # noqa: S608  # our own words
    ),
    (
        "rushes_periodic_task_failures", "Failures in a row of what workers do again and again.", ("task",),
        "SELECT name, max(failures_in_a_row) FROM periodic_tasks GROUP BY name",
    ),
)  # fmt: skip
"""Name, help, labels, and the query: a column for each label, then the number."""


class RowMetrics(Collector):
    """What the rows tell, as they were read last."""

    def __init__(self, run: Runtime) -> None:
        self._run = run
        self._read_at = float("-inf")
        self._families: list[GaugeMetricFamily] = []
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Read the rows again if they are old. A database that does not answer is told as a metric."""
        async with self._turn:
            if time.monotonic() - self._read_at < FRESH_SECONDS:
                return
            families = [await self._disk()]
            try:
                families += await self._rows()
            except (SQLAlchemyError, OSError):
                families.append(_family("rushes_database_up", "Whether the database answers.", (), [((), 0)]))
            self._families, self._read_at = families, time.monotonic()

    async def _rows(self) -> list[GaugeMetricFamily]:
        families: list[GaugeMetricFamily] = []
        async with self._run.db.statement() as connection:
            for name, told, labels, query in COUNTED:
                rows = (await connection.execute(text(query))).all()
                found = [([str(each) for each in row[:-1]], float(row[-1] or 0)) for row in rows]
                families.append(_family(name, told, labels, found))
            alive = await workers_alive(connection, self._run.settings.stalled_after_seconds)
        families.append(_family("rushes_workers_alive", "Workers that are alive.", (), [((), alive)]))
        families.append(_family("rushes_database_up", "Whether the database answers.", (), [((), 1)]))
        if (age := await self._backup_age()) is not None:
            told = "Seconds since the last backup in the place that is set."
            families.append(_family("rushes_backup_age_seconds", told, (), [((), age)]))
        return families

    async def _backup_age(self) -> float | None:
        if "://" in (self._run.settings.backup_to or ""):
            return None  # a bucket is not listed every few seconds
        kept = await open_place(self._run.settings).kept()
        return (datetime.now(UTC) - kept[0].created_at).total_seconds() if kept else None

    async def _disk(self) -> GaugeMetricFamily:
        folders = {"data": self._run.settings.data_dir, "work": self._run.settings.work_dir}
        free = await asyncio.to_thread(lambda: [([name], free_bytes(each)) for name, each in folders.items()])
        return _family("rushes_disk_free_bytes", "Free bytes of the disks of folders.", ("folder",), free)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield what was read last."""
        yield from self._families


def _family(
    name: str, told: str, labels: Iterable[str], found: Iterable[tuple[Iterable[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=[*labels])
    for values, number in found:
        family.add_metric([*values], number)
    return family
