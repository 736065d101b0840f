"""However costs are cut they add up to the ledger; budgets and caps count the same, whatever was paid for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how_often
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.generating.kit import add, give_key, in_rooms, script, speech

from rushes.engine.credentials import list_credentials
from rushes.engine.dispatch import dispatch_now
from rushes.engine.holds import CAPS
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import SubjectKind, SubmissionState
from rushes.jobs.overview import stats
from rushes.jobs.rows import get_job
from rushes.money.budgets import read_budgets, set_budgets
from rushes.money.costs import read_costs
from rushes.money.views import By, CostsView
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings

MANY = Decimal(1_000_000)
amounts = st.decimals(min_value=0, max_value=100, places=6)


@dataclass(frozen=True)
class Row:
    """A submission. `subjects` are the places of its takes among the job's; `job` and `key` may be none."""

    state: SubmissionState
    sent: bool
    cost: Decimal | None
    estimate: Decimal
    kind: SubjectKind
    subjects: list[int]
    came: list[bool]
    job: int | None
    key: int | None
    provider: str
    days_ago: int

    @property
    def settled(self) -> Decimal:
        """What it has cost."""
        return self.cost or Decimal(0)

    @property
    def open(self) -> Decimal:
        """What it may yet cost."""
        may = self.state in ("claimed", "submitting", "submitted", "uncertain")
        may = may or (self.state == "cancelled" and self.sent)
        return self.estimate if may and self.cost is None else Decimal(0)


rows = st.builds(
    Row,
    state=st.sampled_from(SubmissionState),
    sent=st.booleans(),
    cost=st.none() | amounts,
    estimate=amounts,
    kind=st.sampled_from(SubjectKind),
    subjects=st.lists(st.integers(0, 3), max_size=4, unique=True),
    came=st.lists(st.booleans(), min_size=4, max_size=4),
    job=st.none() | st.integers(0, 2),
    key=st.none() | st.integers(0, 1),
    provider=st.sampled_from(["omni", "veo", "voices"]),
    days_ago=st.integers(0, 40),
)


@dataclass(frozen=True)
class World:
    """One owner's rows. The last of the jobs has been deleted since."""

    owner: UUID
    jobs: list[UUID]
    videos: list[list[UUID]]
    keys: list[UUID]


async def make_world(session: AsyncSession) -> World:
    """An owner with a project, jobs, takes and keys of its own."""
    owner, project = uuid4(), uuid4()
    world = World(owner, [uuid4() for _ in range(3)], [[uuid4() for _ in range(4)] for _ in range(3)], [])
    await session.execute(text("INSERT INTO users (id, name) VALUES (:id, 'x')"), {"id": owner})
    await session.execute(
        text("INSERT INTO projects (id, owner_id, name) VALUES (:id, :owner, 'folder')"),
        {"id": project, "owner": owner},
    )
    for place, job_id in enumerate(world.jobs[:-1]):
        given = {"id": job_id, "owner": owner, "project": project if place else None}
        await session.execute(
            text(
                "INSERT INTO jobs (id, owner_id, project_id, name, status, provider, model, outputs,"
                " settings, budget, image_count, prompt_count)"
                " VALUES (:id, :owner, :project, 'the same name', 'processing',"
                " 'omni', 'm', 4, '{\"options\": {}}', 1000000, 0, 0)"
            ),
            given,
        )
        await session.execute(
            text(
                "INSERT INTO shots (id, owner_id, job_id, number, prompt, seed)"
                " VALUES (:id, :owner, :id, 1, 'p', 1)"
            ),
            given,
        )
        for nth, video_id in enumerate(world.videos[place]):
            await session.execute(
                text(
                    "INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index,"
                    " status, retry_count, prompt_text, seed, provider, model, selected, upscaled)"
                    " VALUES (:video, :owner, :id, :id, :nth, 1, :nth + 1, 'queued', 0, 'p', 1, 'omni', 'm',"
                    " false, false)"
                ),
                {**given, "video": video_id, "nth": nth},
            )
    for name in ("work", "home"):
        world.keys.append(uuid4())
        await session.execute(
            text(
                "INSERT INTO credentials (id, owner_id, service, provider, serves, kind, name, last_four,"
                " secret, fields, origin, state) VALUES (:id, :owner, 'google', 'omni', '{omni}', 'key',"
                " :name, '', '', '{}', 'user', 'ready')"
            ),
            {"id": world.keys[-1], "owner": owner, "name": name},
        )
    return world


async def write(session: AsyncSession, world: World, row: Row, now: datetime) -> None:
    """The row, with the takes that came of it."""
    submission_id = uuid4()
    takes = world.videos[row.job or 0]
    subjects = [takes[place] for place in row.subjects]
    at = now - timedelta(days=row.days_ago)
    await session.execute(
        text(
            "INSERT INTO submissions (id, owner_id, job_id, shot_id, subject_kind, subject_ids, attempt,"
            " provider, model, credential_id, state, request_hash, cost_estimate, cost, faults, claimed_at,"
            " submitted_at) VALUES (:id, :owner, :job, NULL, :kind, :subjects, 1, :provider, 'm', :key,"
            " :state, '', :estimate, :cost, 0, :at, :sent)"
        ),
        {
            "id": submission_id,
            "owner": world.owner,
            "job": None if row.job is None else world.jobs[row.job],
            "kind": str(row.kind),
            "subjects": subjects,
            "provider": row.provider,
            "key": None if row.key is None else world.keys[row.key],
            "state": str(row.state),
            "estimate": row.estimate,
            "cost": row.cost,
            "at": at,
            "sent": at if row.sent else None,
        },
    )
    if row.kind == SubjectKind.TAKES:
        await session.execute(
            text("UPDATE videos SET submission_id = :id, status = 'completed' WHERE id = ANY(:came)"),
            {"id": submission_id, "came": [takes[place] for place in row.subjects if row.came[place]]},
        )


def sums(costs: CostsView) -> tuple[Decimal, Decimal]:
    """What the rows add up to."""
    return (
        sum((row.settled for row in costs.rows), start=Decimal(0)),
        sum((row.open for row in costs.rows), start=Decimal(0)),
    )


async def check(session: AsyncSession, given: list[Row]) -> None:
    """Write the rows, and compare every way of adding them up with the plain sums."""
    world = await make_world(session)
    now = (await session.execute(text("SELECT now()"))).scalar_one()
    for row in given:
        await write(session, world, row, now)
    await set_budgets(session, world.owner, MANY, MANY)
    settled = sum((row.settled for row in given), start=Decimal(0))
    still_open = sum((row.open for row in given), start=Decimal(0))
    by: dict[By, CostsView] = {each: await read_costs(session, world.owner, each) for each in By}
    for each, costs in by.items():
        assert (costs.settled, costs.open) == (settled, still_open), each
        assert sums(costs) == (settled, still_open), each
        assert len({row.key for row in costs.rows}) == len(costs.rows), f"each {each} is shown once"
    for each, costs in by.items():
        assert sum(row.submissions for row in costs.rows) == sum(r.submissions for r in by[By.DAY].rows), each
        assert sum(row.videos for row in costs.rows) == sum(r.videos for r in by[By.DAY].rows), each

    budgets = await read_budgets(session, world.owner)
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for spent, since in ((budgets.day.spent, midnight), (budgets.month.spent, midnight.replace(day=1))):
        costs = await read_costs(session, world.owner, By.KIND, since=since.date())
        assert spent == costs.settled + costs.open

    left: dict[UUID, Any] = {
        row.job_id: row
        for row in await session.execute(text(f"WITH {CAPS} SELECT * FROM caps"), {"per_call": 4})
    }
    of_job: dict[UUID | None, Decimal] = defaultdict(Decimal)
    for row in given:
        of_job[None if row.job is None else world.jobs[row.job]] += row.settled + row.open
    for job_id in world.jobs[:-1]:
        view = await get_job(session, world.owner, job_id)
        assert view.cost + view.open_cost == of_job[job_id] == MANY - left[job_id].job_left
        assert left[job_id].day_left == MANY - budgets.day.spent
        assert left[job_id].month_left == MANY - budgets.month.spent
    shown = {row.key: row.settled for row in by[By.KEY].rows}
    for key in await list_credentials(session, world.owner):
        assert key.cost == shown.get(str(key.id), 0)
    assert (await stats(session, world.owner)).spent == settled


@how_often(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_rows=st.lists(rows, max_size=8))
async def test_every_sum_is_the_ledgers(run: Runtime, given_rows: list[Row]):
    async with run.db.begin() as session:
        await check(session, given_rows)


@pytest.mark.parametrize("kind", [kind for kind in SubjectKind if kind is not SubjectKind.TAKES])
async def test_a_paid_call_without_videos_is_in_costs_and_budgets(run: Runtime, kind: SubjectKind):
    half = Decimal("0.50")
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO submissions (id, owner_id, subject_kind, subject_ids, attempt, provider, model,"
                " state, request_hash, cost_estimate, cost, faults)"
                " VALUES (gen_random_uuid(), :owner, :kind, '{}', 1, 'voices', 'm', 'completed', '',"
                " 0.5, 0.5, 0)"
            ),
            {"owner": LOCAL_OWNER, "kind": str(kind)},
        )
        for by in By:
            assert (await read_costs(session, LOCAL_OWNER, by)).settled == half, by
        assert (await read_budgets(session, LOCAL_OWNER)).day.spent == half
        assert (await stats(session, LOCAL_OWNER)).spent == half
        (row,) = (await read_costs(session, LOCAL_OWNER, By.KIND)).rows
    assert (row.key, row.submissions, row.videos, row.settled) == (str(kind), 1, 0, half)


async def test_generations_are_in_costs_budgets_and_totals(settings: Settings, tmp_path: Path):
    """A voice-over that was made, one that may have been, a script on its way, one that was refused."""
    with in_rooms(tmp_path):
        async with open_runtime(settings) as run:
            await give_key(run, "http://127.0.0.1:9")
            ids = await add(run, speech("0123456789"), speech("01234"), script("x"), script("y"))
            for provider in ("speaker", "writer"):
                await dispatch_now(run, provider)
            async with run.db.begin() as session:
                for generation_id, values in (
                    (ids[0], "state = 'completed', cost = 0.2"),
                    (ids[1], "state = 'uncertain'"),
                    (ids[2], "state = 'submitting'"),
                    (ids[3], "state = 'released'"),
                ):
                    statement = f"UPDATE submissions SET {values} WHERE subject_ids = ARRAY[:id]"
                    await session.execute(text(statement), {"id": generation_id})
                expected = await session.scalar(
                    text(
                        "SELECT sum(cost_estimate) FROM submissions"
                        " WHERE state IN ('uncertain', 'submitting')"
                    )
                )
                settled = Decimal("0.2")
                assert expected > Decimal("0.05")
                for by in By:
                    costs = await read_costs(session, LOCAL_OWNER, by)
                    assert (costs.settled, costs.open) == (settled, expected), by
                assert (await read_budgets(session, LOCAL_OWNER)).day.spent == settled + expected
                assert (await stats(session, LOCAL_OWNER)).spent == settled
                kinds = {
                    row.key: row.submissions for row in (await read_costs(session, LOCAL_OWNER, By.KIND)).rows
                }
                assert kinds == {"voice": 2, "script": 1}
                [key] = await list_credentials(session, LOCAL_OWNER)
                assert (key.submissions, key.cost, key.in_flight) == (3, settled, 1)
