"""Whatever people, providers and crashes do: states change only as they are drawn, and the books are right.

A trigger in the test's database writes down every change of a state. Hypothesis makes up sequences of what
people do, what a provider answers, kills in the middle of a call, and workers that take over from each other;
after every step each change is looked for among the `StateTransition`s, and the rows are compared.
"""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import CursorResult, text
from tests.jobs import make_job

from rushes.engine import cancel_submission as cancelling
from rushes.engine import collect as collecting
from rushes.engine import reconcile as net
from rushes.engine import run as making
from rushes.engine.dispatch import dispatch_now
from rushes.engine.ledger_batches import Ledger
from rushes.engine.replies import Replies
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import (
    Decision,
    JobChanges,
    SubmissionChanges,
    TakeChanges,
    changes_of,
)
from rushes.engine.takes import StoredTake
from rushes.errors import (
    ActionNeeded,
    Conflict,
    Damaged,
    ErrorType,
    GenerationFailed,
    Invalid,
    NotFound,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
    SystemFault,
)
from rushes.jobs.actions import cancel_job, delete_job, pause_job, resume_job, retry_failed
from rushes.library.actions import regenerate, resolve
from rushes.library.review import delete_videos, restore_videos
from rushes.ops.sweep import purge_deleted
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoProvider
from rushes.providers.video_contract import Finished, Output, Running, Unknown
from rushes.settings import Settings

DIAGRAMS = {"video": TakeChanges, "submission": SubmissionChanges, "job": JobChanges}
DRAWN = {
    (kind, source and str(source), str(each.target))
    for kind, diagram in DIAGRAMS.items()
    for each in changes_of(diagram).values()
    for source in (each.sources or (None,))
}
ACTIVE = ("claimed", "submitting", "submitted")

RECORDER = """
CREATE TABLE state_log (id bigserial, kind text, row_id uuid, before text, after text);
CREATE FUNCTION record_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before text := NULL; after text; changed jsonb := to_jsonb(NEW); field text := TG_ARGV[1];
BEGIN
    after := changed ->> field;
    IF TG_OP = 'UPDATE' THEN before := to_jsonb(OLD) ->> field; END IF;
    IF before IS DISTINCT FROM after THEN
        INSERT INTO state_log (kind, row_id, before, after) VALUES (TG_ARGV[0], NEW.id, before, after);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR UPDATE ON videos
    FOR EACH ROW EXECUTE FUNCTION record_state('video', 'status');
CREATE TRIGGER record AFTER INSERT OR UPDATE ON submissions
    FOR EACH ROW EXECUTE FUNCTION record_state('submission', 'state');
CREATE TRIGGER record AFTER INSERT OR UPDATE ON jobs
    FOR EACH ROW EXECUTE FUNCTION record_state('job', 'status')
"""

UNRELATED = """
SELECT v.id, v.status, s.state FROM videos v LEFT JOIN submissions s ON s.id = v.submission_id
WHERE v.status = 'generating' AND (s.state IS NULL OR s.state NOT IN ('claimed', 'submitting', 'submitted'))
   OR v.status = 'waiting' AND v.waiting_for IS NULL
   OR v.status <> 'waiting' AND v.waiting_for IS NOT NULL
   OR v.status = 'waiting' AND v.waiting_for = 'uncertain' AND s.state IS DISTINCT FROM 'uncertain'
   OR v.status = 'completed' AND v.video_key IS NULL
"""
UNSETTLED = """
SELECT id, state, ended_at, cost, remote_id FROM submissions
WHERE (state IN ('claimed', 'submitting', 'submitted')) <> (ended_at IS NULL)
   OR state = 'released' AND cost IS NOT NULL
   OR state IN ('completed', 'failed') AND cost IS NULL
   OR state = 'submitted' AND remote_id IS NULL
   OR state = 'claimed' AND remote_id IS NOT NULL
   OR state = 'submitting' AND sent_at IS NULL
"""
TASKS = """
SELECT id, task_name, args FROM procrastinate_jobs
WHERE status = 'todo' AND task_name IN ('rushes:make_videos', 'rushes:cancel_submission') ORDER BY id
"""
UNTOLD = """
SELECT l.kind, l.row_id, l.after FROM state_log l
WHERE l.before IS NOT NULL AND l.kind IN ('video', 'job') AND NOT EXISTS (
    SELECT 1 FROM events e WHERE e.type = l.kind
      AND l.row_id = CASE l.kind WHEN 'job' THEN e.job_id ELSE e.video_id END
      AND e.data ->> 'status' IN (l.after, 'deleted'))
"""


class KilledError(BaseException):
    """The process is gone in this moment: nothing after it is done."""


@dataclass(frozen=True)
class Script:
    """What happens during one run of a submission."""

    submit: str = "accepted"
    found: str = "found"
    status: str = "finished"
    stored: str = "stored"
    killed: str = ""
    """At which step the process dies."""
    meanwhile: str = ""
    """What happens while the provider is asked."""
    asked: str = "status"
    """During which call that is."""


def refusal(kind: str) -> Exception:
    """The error of that kind, new."""
    return {
        "refused": lambda: Rejected("not this"),
        "invalid": lambda: Invalid("not like this"),
        "busy": lambda: RetryLater("busy", after=0.0),
        "person": lambda: ActionNeeded("accept the terms", error_type=ErrorType.CONSENT),
        "fault": lambda: SystemFault("cannot write", error_type=ErrorType.STORAGE),
        "failed": lambda: GenerationFailed("did not work"),
        "changed": lambda: ProviderChanged("what?", step="status"),
        "damaged": lambda: Damaged("half of it"),
        "lost": lambda: TimeoutError("no answer"),
        "lost accepted": lambda: TimeoutError("no answer"),
    }[kind]()


ANSWERS = {
    "submit": [*["accepted"] * 8, "refused", "invalid", "busy", "person", "fault", "lost", "lost accepted"],
    "found": ["found", "cannot tell"],
    "status": [
        *["finished"] * 4,
        "partly",
        "nothing",
        "busy",
        "person",
        "fault",
        "changed",
        "refused",
        "failed",
    ],
    "stored": [*["stored"] * 4, "damaged", "fault"],
    "killed": [*[""] * 8, "before submit", "after submit", "status", "store"],
    "meanwhile": [*[""] * 8, "take over", "cancel", "pause", "delete"],
    "asked": ["submit", "status", "store"],
}


def scripts_of(seed: int, step: int) -> list[Script]:
    """Some scripts for a step, of a seed: Hypothesis likes small choices, and here all are as good."""
    chance = random.Random(f"{seed} {step}")
    return [
        Script(**{name: chance.choice(answers) for name, answers in ANSWERS.items()})
        for _ in range(chance.randint(1, 5))
    ]


@dataclass
class World:
    """The engine on a real database, and a provider that answers as its script says."""

    runner: asyncio.Runner
    run: Runtime
    workers: tuple[Runtime, Runtime] = field(init=False)
    script: Script = field(default_factory=Script)
    bills: list[str] = field(default_factory=list[str])
    """The key of every call that the provider has accepted."""
    seen: set[tuple[Any, ...]] = field(default_factory=set[tuple[Any, ...]])

    def __post_init__(self) -> None:
        ledger = Ledger(self.run.db, "other")
        replies = Replies(ledger, self.run.settings.data_dir)
        other = dataclasses.replace(self.run, worker="other", ledger=ledger, replies=replies, under_way={})
        self.workers = (self.run, other)

    def do(self, step: Awaitable[Any]) -> Any:
        """Do a step in the world's loop."""

        async def awaited() -> Any:
            return await step

        return self.runner.run(awaited())

    async def sql(self, statement: str, **given: object) -> list[Any]:
        """Run SQL in a transaction of its own."""
        async with self.run.db.begin() as session:
            rows = await session.execute(text(statement), given)
            return list(rows) if isinstance(rows, CursorResult) and rows.returns_rows else []

    async def clear(self) -> None:
        """Begin anew."""
        await self.sql(
            "TRUNCATE jobs, shots, videos, submissions, events, assets, state_log, procrastinate_jobs CASCADE"
        )
        self.bills.clear()

    async def meanwhile(self, asked: str, key: UUID) -> None:
        """What the script says happens while the provider is asked; once."""
        script, self.script = self.script, dataclasses.replace(self.script, meanwhile="", killed="")
        if script.asked != asked or not script.meanwhile:
            self.script = script
            return
        (job_id,) = (await self.sql("SELECT job_id FROM submissions WHERE id = :id", id=key))[0]
        match script.meanwhile:
            case "take over":
                await self.workers[1].ledger.take_over(key)
            case "cancel":
                await tried(cancel_job(self.run, LOCAL_OWNER, job_id))
            case "pause":
                await tried(pause_job(self.run, LOCAL_OWNER, job_id))
            case _:
                await tried(delete_job(self.run, LOCAL_OWNER, job_id))
        self.script = dataclasses.replace(script, meanwhile="")

    def dies(self, step: str) -> None:
        """Die if the script says so."""
        if self.script.killed == step:
            raise KilledError


async def tried(step: Awaitable[Any]) -> None:
    """Do what a person asks for; that it may be refused is no fault."""
    try:
        await step
    except (Conflict, NotFound, Invalid):
        return


def play(world: World, patch: pytest.MonkeyPatch) -> None:
    """Make the provider and the storage answer as the world's script says."""

    async def submit(_: EchoProvider, call: Any) -> str:
        world.dies("before submit")
        await world.meanwhile("submit", UUID(call.key))
        await call.confirm()
        if world.script.submit in ("accepted", "lost accepted"):
            world.bills.append(call.key)
        world.dies("after submit")
        if world.script.submit != "accepted":
            raise refusal(world.script.submit)
        return f"remote-{call.key}"

    async def find(_: EchoProvider, call: Any) -> str | Unknown | None:
        if world.script.found != "found":
            return Unknown.CANNOT_TELL
        return f"remote-{call.key}" if call.key in world.bills else None

    async def status(_: EchoProvider, call: Any, remote_id: str) -> Finished | Running:
        assert remote_id == f"remote-{call.key}"
        world.dies("status")
        await world.meanwhile("status", UUID(call.key))
        takes = len(call.shot.seeds)
        every = tuple(Output(index) for index in range(takes))
        match world.script.status:
            case "finished":
                return Finished(every)
            case "partly":
                missing: dict[int, RushesError] = {takes - 1: GenerationFailed("not this one")}
                return Finished(every[:-1], missing)
            case "nothing":
                return Finished((), {index: Rejected("not this") for index in range(takes)})
            case other:
                raise refusal(other)

    async def cancel(_: EchoProvider, remote_id: str, credential: Any) -> None:
        if world.script.status in ("fault", "busy"):
            raise refusal(world.script.status)

    async def take_in(_: Runtime, work: Any, call: Any, output: Output, take: Any) -> StoredTake:
        world.dies("store")
        await world.meanwhile("store", UUID(call.key))
        if world.script.stored != "stored":
            raise refusal(world.script.stored)
        key = f"jobs/{work.job_id}/videos/{take.id}.mp4"
        return StoredTake(key, key.replace("mp4", "jpg"), 8.0, 16, 9, 1, "0", 0, 1, "0")

    def not_now(_: Runtime, provider: str) -> None:
        """The dispatcher is a step of its own here."""

    async def ready() -> None:
        """The inspection is not looked into here."""

    for name, stub in (("submit", submit), ("find", find), ("status", status), ("cancel", cancel)):
        patch.setattr(EchoProvider, name, stub)
    patch.setattr(collecting, "_take_in", take_in)
    patch.setattr(world.run.reception, "get_ready", ready)
    for module in (making, cancelling):
        patch.setattr(module, "dispatch_soon", not_now)


def machine_of(world: World) -> type[RuleBasedStateMachine]:
    """The state machine over a world."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            world.do(world.clear())
            world.do(make_job(world.run, ["a"], outputs=2))
            self.steps = 0

        def _one(self, query: str, which: int, then: Callable[[UUID], Awaitable[Any]]) -> None:
            rows = world.do(world.sql(query))
            if rows:
                world.do(tried(then(rows[which % len(rows)][0])))

        def _job(self, which: int, then: Callable[[UUID], Awaitable[Any]]) -> None:
            self._one("SELECT id FROM jobs ORDER BY created_at, id", which, then)

        def _video(self, which: int, then: Callable[[UUID], Awaitable[Any]]) -> None:
            self._one("SELECT id FROM videos ORDER BY position, video_index, id", which, then)

        @rule(outputs=st.integers(1, 3), start=st.booleans(), when_down=st.sampled_from(["wait", "fallback"]))
        def another_job(self, outputs: int, start: bool, when_down: str) -> None:
            world.do(make_job(world.run, ["c"], outputs=outputs, start=start, when_down=when_down))

        @rule(seed=st.integers(0, 2**20), first=st.booleans())
        def work(self, seed: int, first: bool) -> None:
            """The dispatcher runs, then so many tasks; the workers take turns."""
            world.do(world.sql("UPDATE videos SET retry_at = NULL WHERE retry_at IS NOT NULL"))
            world.do(dispatch_now(world.run, "echo"))
            self.steps += 1
            for nth, script in enumerate(scripts_of(seed, self.steps)):
                tasks = world.do(world.sql(TASKS))
                if not tasks:
                    return
                self._task(tasks[0 if first else -1], script, world.workers[nth % 2])

        def _task(self, task: Any, script: Script, run: Runtime) -> None:
            world.script = script
            step = making.make_videos
            if task.task_name == "rushes:cancel_submission":
                step = cancelling.cancel_submission
            try:
                world.do(step(run, task.args["submission_id"]))
            except KilledError:
                return  # its task is still there, for the next worker
            world.do(world.sql("DELETE FROM procrastinate_jobs WHERE id = :id", id=task.id))

        @rule(tasks_are_lost=st.booleans())
        def tick(self, tasks_are_lost: bool) -> None:
            if tasks_are_lost:
                world.do(world.sql("DELETE FROM procrastinate_jobs"))
            world.do(net.tick(world.run))

        @rule(
            which=st.integers(0, 3),
            what=st.sampled_from([pause_job, resume_job, retry_failed, retry_failed, cancel_job, delete_job]),
        )
        def somebody_acts_on_a_job(self, which: int, what: Callable[..., Awaitable[Any]]) -> None:
            self._job(which, lambda job: what(world.run, LOCAL_OWNER, job))

        @rule(which=st.integers(0, 3), budget=st.sampled_from([0.01, 100.0]))
        def somebody_sets_a_budget(self, which: int, budget: float) -> None:
            statement = "UPDATE jobs SET budget = :budget WHERE id = :id"
            self._job(which, lambda job: world.sql(statement, budget=budget, id=job))

        @rule(which=st.integers(0, 5), what=st.sampled_from(["again", "delete", "restore", "purge"]))
        def somebody_acts_on_a_video(self, which: int, what: str) -> None:
            match what:
                case "again":
                    self._video(which, lambda video: regenerate(world.run, LOCAL_OWNER, video))
                case "delete":
                    self._video(which, lambda video: delete_videos(world.run, LOCAL_OWNER, [video]))
                case "restore":
                    self._video(which, lambda video: restore_videos(world.run, LOCAL_OWNER, [video]))
                case _:
                    world.do(world.sql("UPDATE videos SET deleted_at = deleted_at - interval '31 days'"))
                    world.do(purge_deleted(world.run))

        @rule(which=st.integers(0, 5), decision=st.sampled_from(list(Decision)))
        def somebody_decides(self, which: int, decision: Decision) -> None:
            self._one(
                "SELECT id FROM videos WHERE waiting_for = 'uncertain' ORDER BY id",
                which,
                lambda video: resolve(world.run, LOCAL_OWNER, video, decision),
            )

        @invariant()
        def states_changed_as_drawn(self) -> None:
            told = world.do(world.sql(UNTOLD))
            rows = world.do(world.sql("DELETE FROM state_log RETURNING kind, before, after"))
            changes = {tuple(row) for row in rows}
            world.seen |= changes
            assert changes <= DRAWN
            assert told == [], "a change without its event"

        @invariant()
        def the_books_are_right(self) -> None:
            assert world.do(world.sql(UNRELATED)) == []
            assert world.do(world.sql(UNSETTLED)) == []
            assert len(world.bills) == len(set(world.bills)), "paid twice"
            released = world.do(
                world.sql("SELECT id FROM submissions WHERE state IN ('released', 'claimed')")
            )
            assert not {str(row.id) for row in released} & set(world.bills), "paid, and not in the books"

    return Machine


@pytest.fixture
def world(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An engine without a worker, one step at a time."""
    given = settings.model_copy(update={"network_retries": 0, "high_demand_wait": 0.0})
    with asyncio.Runner() as runner:
        opened = open_runtime(given)
        run = runner.run(opened.__aenter__())
        made = World(runner, run)
        made.do(_record(run))
        play(made, monkeypatch)
        yield made
        runner.run(opened.__aexit__(None, None, None))


async def _record(run: Runtime) -> None:
    async with run.db.begin() as session:
        connection = await session.connection()
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.execute(RECORDER)


def explore(world: World, examples: int, steps: int, *, same: bool) -> None:
    """Run that many sequences of that many steps."""
    run_state_machine_as_test(  # pyright: ignore[reportUnknownMemberType]
        machine_of(world),
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=same,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        ),
    )


def test_states_change_only_as_they_are_drawn(world: World):
    explore(world, examples=12, steps=30, same=True)
    assert len(world.seen) > len(DRAWN) / 2, "too little of the drawing was seen to say anything"


@pytest.mark.soak
def test_states_change_only_as_they_are_drawn_for_long(world: World):
    explore(world, examples=400, steps=60, same=False)
