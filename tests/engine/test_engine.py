"""The engine against echo on the real PostgreSQL: every answer a provider can give, and what follows."""

import asyncio
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.jobs import accepted_keys, folder, ledger, make_job, until, until_status, videos, view

from rushes.engine.kept import keep, take_up
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Conflict, Rejected
from rushes.jobs.actions import cancel_job, delete_job, pause_job, resume_job, retry_failed
from rushes.jobs.start import start_job
from rushes.library.actions import regenerate, resolve
from rushes.library.review import delete_video, restore_video
from rushes.ops.sweep import purge_deleted
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoOptions, EchoProvider
from rushes.providers.video_contract import Call, Output, ProgressCallback

pytestmark = pytest.mark.usefixtures("worker")


async def test_every_take_of_every_shot_is_made_and_stored(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], outputs=2)
    job = await until_status(run, job_id, "completed")
    made = await videos(run, job_id)
    assert (job.completed_videos, job.failed_videos, job.progress) == (6, 0, 100)
    assert [(v.prompt_number, v.video_index) for v in made] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
        (3, 1),
        (3, 2),
    ]
    assert len({v.seed for v in made}) == 6
    assert all(v.duration_seconds == 1 and v.resolution == "64x36" and v.file_size_mb for v in made)
    assert {row.state for row in await ledger(run, job_id)} == {"completed"}
    files = {key for key, _ in run.bucket.files()}
    async with run.db.begin() as session:
        assert files == set((await session.execute(text("SELECT key FROM assets"))).scalars())
        rows = await session.execute(
            text("SELECT a.key, s.crc32 FROM assets a LEFT JOIN asset_sums s USING (key, sha256)")
        )
    assert len(files) == 12
    for key, crc32 in rows:  # a ZIP of the videos computes nothing
        known = zlib.crc32((run.settings.storage_dir / key).read_bytes()) if key.endswith(".mp4") else None
        assert crc32 == known, key


async def test_the_ledger_adds_up_to_the_cost_of_the_job(run: Runtime):
    job_id = await make_job(run, ["a", "b"], outputs=2)
    job = await until_status(run, job_id, "completed")
    assert job.cost == job.estimated_cost == Decimal("0.04")
    assert sum(v.cost or 0 for v in await videos(run, job_id)) == Decimal("0.04")


async def test_high_demand_is_waited_for_and_tried_again(run: Runtime):
    job_id = await make_job(run, ["[busy:2]"])
    await until_status(run, job_id, "completed")
    (video,) = await videos(run, job_id)
    assert video.retry_count == 2
    assert video.error_type is None
    assert [row.state for row in await ledger(run, job_id)] == ["released", "released", "completed"]
    assert len(accepted_keys()) == 1


async def test_high_demand_is_given_up_after_the_set_number_of_tries(run: Runtime):
    job_id = await make_job(run, ["[busy:99]", "fine"])
    job = await until_status(run, job_id, "completed")
    assert job.failed_videos == 1
    assert [(e.error_type, e.count) for e in job.error_summary] == [("high_demand", 1)]
    busy, _ = await videos(run, job_id)
    assert busy.retry_count == run.settings.high_demand_retries


async def test_a_network_fault_before_acceptance_is_tried_again(run: Runtime):
    job_id = await make_job(run, ["[network:3]"])
    await until_status(run, job_id, "completed")
    assert (await videos(run, job_id))[0].retry_count == 3


@pytest.mark.parametrize(
    ("tag", "error_type"),
    [
        ("refuse:people", "prominent_people"),
        ("refuse:policy", "policy_violation"),
        ("block:minors", "minors"),
    ],
)
async def test_a_refusal_is_told_not_retried(run: Runtime, tag: str, error_type: str):
    job_id = await make_job(run, [f"[{tag}]"])
    job = await until_status(run, job_id, "failed")
    (video,) = await videos(run, job_id)
    assert video.error_type == error_type
    assert video.error_message
    assert "Change the prompt" in video.error_message
    assert (video.retry_count, len(await ledger(run, job_id))) == (0, 1)
    assert job.failed_videos == 1


async def test_a_refused_take_costs_nothing(run: Runtime):
    job_id = await make_job(run, ["[refuse]", "[block]"])
    job = await until_status(run, job_id, "failed")
    assert job.cost == 0


async def test_one_take_of_two_may_fail_alone(run: Runtime):
    job_id = await make_job(run, ["[partial]"], outputs=2)
    job = await until_status(run, job_id, "completed")
    assert [v.status for v in await videos(run, job_id)] == ["completed", "failed"]
    assert (job.completed_videos, job.failed_videos) == (1, 1)
    assert [row.state for row in await ledger(run, job_id)] == ["completed"]


async def test_a_failed_generation_is_submitted_again(run: Runtime):
    job_id = await make_job(run, ["[fail:1]"])
    await until_status(run, job_id, "completed")
    assert [row.state for row in await ledger(run, job_id)] == ["failed", "completed"]
    assert len(accepted_keys()) == 2


async def test_a_failed_generation_is_given_up_in_the_end(run: Runtime):
    job_id = await make_job(run, ["[fail:99]"])
    await until_status(run, job_id, "failed")
    assert len(accepted_keys()) == 1 + run.settings.generation_retries


async def test_a_lost_answer_is_looked_for_and_never_sent_again(run: Runtime):
    job_id = await make_job(run, ["[lost]"])
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1
    assert [row.state for row in await ledger(run, job_id)] == ["completed"]


async def test_a_lost_answer_that_cannot_be_looked_for_waits_for_its_owner(run: Runtime):
    job_id = await make_job(run, ["[lost]"], findable=False)

    async def waits() -> bool:
        return (await view(run, job_id)).waiting_videos == 1

    await until(waits)
    (video,) = await videos(run, job_id)
    assert (video.status, video.waiting_for, video.error_type) == ("waiting", "uncertain", "uncertain")
    assert (await view(run, job_id)).status == "processing"
    assert len(accepted_keys()) == 1
    with pytest.raises(Conflict):
        await retry_failed(run, LOCAL_OWNER, job_id)  # uncertain ones are decided one by one


@pytest.mark.parametrize(
    ("decision", "job_status", "state", "cost", "submissions"),
    [
        (Decision.RETRY, "completed", "uncertain", None, 2),
        (Decision.MADE, "failed", "completed", Decimal("0.01"), 1),
        (Decision.GIVE_UP, "failed", "cancelled", Decimal("0"), 1),
    ],
)
async def test_the_owner_decides_what_becomes_of_an_uncertain_video(
    run: Runtime, decision: Decision, job_status: str, state: str, cost: Decimal | None, submissions: int
):
    job_id = await make_job(run, ["[lost]"], findable=False)

    async def waits() -> bool:
        return (await view(run, job_id)).waiting_videos == 1

    await until(waits)
    (video,) = await videos(run, job_id)
    await resolve(run, LOCAL_OWNER, video.video_id, decision)
    await until_status(run, job_id, job_status)
    rows = await ledger(run, job_id)
    assert (rows[0].state, rows[0].cost, len(rows)) == (state, cost, submissions)


async def test_a_lost_answer_of_an_idempotent_provider_is_sent_again_under_the_same_key(run: Runtime):
    class Idempotent(type(run.providers.get("echo"))):
        idempotent = True

    run.providers.get("echo").__class__ = Idempotent
    job_id = await make_job(run, ["[lost]"], findable=False, idempotent=True)
    await until_status(run, job_id, "completed")
    keys = accepted_keys()
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_missing_sign_in_waits_for_the_user_and_goes_on_when_asked(run: Runtime):
    job_id = await make_job(run, ["[auth]", "fine"])

    async def waits() -> bool:
        job = await view(run, job_id)
        return job.waiting_videos == 1 and job.completed_videos == 1

    await until(waits)
    video = (await videos(run, job_id))[0]
    assert (video.status, video.waiting_for, video.error_type) == ("waiting", "person", "auth")
    assert await retry_failed(run, LOCAL_OWNER, job_id) == 1

    async def waits_again() -> bool:
        return len(await ledger(run, job_id)) == 3 and await waits()

    await until(waits_again)


async def test_damaged_bytes_are_fetched_again_and_not_paid_again(run: Runtime):
    job_id = await make_job(run, ["[damaged:2]"])
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


async def test_a_network_fault_while_waiting_is_no_reason_to_pay_again(run: Runtime):
    job_id = await make_job(run, ["[flaky:3]"])
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1
    (row,) = await ledger(run, job_id)
    assert (row.state, row.error) == ("completed", None)


async def test_an_answer_nobody_knows_ends_with_the_owner_not_with_a_second_payment(run: Runtime):
    job_id = await make_job(run, ["[changed]"])

    async def waits() -> bool:
        return (await view(run, job_id)).waiting_videos == 1

    await until(waits)
    (video,) = await videos(run, job_id)
    assert (video.waiting_for, video.error_type) == ("uncertain", "provider_changed")
    assert video.error_message
    assert "pondering" in video.error_message
    assert len(accepted_keys()) == 1


async def test_a_paused_job_submits_nothing_new_and_goes_on_when_resumed(run: Runtime):
    object.__setattr__(run.settings, "provider_concurrency", {"echo": 1})
    job_id = await make_job(run, ["a", "b", "c", "d"], delay_seconds=0.4)

    async def begun() -> bool:
        return len(accepted_keys()) >= 1

    await until(begun)
    await pause_job(run, LOCAL_OWNER, job_id)

    async def quiet() -> bool:
        return not [v for v in await videos(run, job_id) if v.status == "generating"]

    await until(quiet)
    arrived = len(accepted_keys())
    assert arrived < 4
    job = await view(run, job_id)
    assert (job.status, job.paused_by) == ("paused", "user")
    await asyncio.sleep(0.5)
    assert len(accepted_keys()) == arrived
    await resume_job(run, LOCAL_OWNER, job_id)
    await until_status(run, job_id, "completed")


async def test_cancelling_stops_what_sleeps_and_tells_the_provider(run: Runtime):
    job_id = await make_job(run, ["a", "b"], delay_seconds=600)

    async def sent() -> bool:
        return [row.state for row in await ledger(run, job_id)] == ["submitted", "submitted"]

    await until(sent)
    await cancel_job(run, LOCAL_OWNER, job_id)

    async def ended() -> bool:
        return {row.state for row in await ledger(run, job_id)} == {"cancelled"}

    await until(ended)
    folder = run.providers.get("echo").settings.dir / "accepted"
    assert len(list(folder.glob("*.cancelled"))) == 2
    assert {v.status for v in await videos(run, job_id)} == {"cancelled"}
    assert (await view(run, job_id)).status == "cancelled"
    await cancel_job(run, LOCAL_OWNER, job_id)  # an answer that was lost: asking again is safe


async def test_deleting_a_job_leaves_no_rows_and_no_bytes_but_the_ledger(run: Runtime):
    job_id = await make_job(run, ["a", "[slow:600]"])

    async def half() -> bool:
        return (await view(run, job_id)).completed_videos == 1 and len(accepted_keys()) == 2

    await until(half)
    await delete_job(run, LOCAL_OWNER, job_id)

    async def settled() -> bool:
        return {row.state for row in await ledger(run, job_id)} == {"completed", "cancelled"}

    await until(settled)
    assert list(run.bucket.files()) == []
    assert list(run.settings.work_dir.iterdir()) == []
    async with run.db.begin() as session:
        for table in ("jobs", "shots", "videos", "assets"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar() == 0


async def test_a_cancelled_job_can_be_retried(run: Runtime):
    job_id = await make_job(run, ["a", "b"], delay_seconds=600)
    await cancel_job(run, LOCAL_OWNER, job_id)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE videos SET options = jsonb_set(options, '{delay_seconds}', '0')"))
    assert await retry_failed(run, LOCAL_OWNER, job_id) == 2
    await until_status(run, job_id, "completed")


async def test_a_refused_take_is_made_with_another_prompt_in_its_own_place(run: Runtime):
    job_id = await make_job(run, ["[refuse:people]"])
    await until_status(run, job_id, "failed")
    (refused,) = await videos(run, job_id)
    new_id = await regenerate(run, LOCAL_OWNER, refused.video_id, new_prompt="a stranger")
    await until_status(run, job_id, "completed")
    (made,) = await videos(run, job_id)
    assert (made.video_id, made.status, made.prompt_text) == (new_id, "completed", "a stranger")
    assert (new_id, made.video_index) == (refused.video_id, 1)
    assert [row.state for row in await ledger(run, job_id)] == ["released", "completed"]


async def test_what_may_have_been_paid_for_is_not_replaced_by_another_prompt(run: Runtime):
    job_id = await make_job(run, ["[lost]"], findable=False)

    async def uncertain() -> bool:
        return [v.waiting_for for v in await videos(run, job_id)] == ["uncertain"]

    await until(uncertain)
    (lost,) = await videos(run, job_id)
    beside = await regenerate(run, LOCAL_OWNER, lost.video_id, new_prompt="a stranger")
    first, second = await videos(run, job_id)
    assert (first.video_id, first.waiting_for) == (lost.video_id, "uncertain")
    assert (second.video_id, second.video_index) == (beside, 2)


async def test_a_queued_video_that_is_deleted_is_never_asked_for_and_made_once_it_is_back(run: Runtime):
    job_id = await make_job(run, ["a", "b"], start=False)
    await start_job(run, LOCAL_OWNER, job_id)
    await pause_job(run, LOCAL_OWNER, job_id)
    async with run.db.begin() as session:  # whatever was quicker than the pause
        await session.execute(text("UPDATE videos SET status = 'queued', submission_id = NULL"))
        await session.execute(text("DELETE FROM submissions"))
    first, second = await videos(run, job_id)
    await delete_video(run, LOCAL_OWNER, first.video_id)
    await resume_job(run, LOCAL_OWNER, job_id)
    await until_status(run, job_id, "completed")
    assert [row.subject_ids for row in await ledger(run, job_id)] == [[second.video_id]]
    await restore_video(run, LOCAL_OWNER, first.video_id)

    async def both() -> bool:
        return [str(v.status) for v in await videos(run, job_id)] == ["completed", "completed"]

    await until(both)


async def test_a_deleted_video_takes_its_bytes_along_when_the_time_for_undo_is_over(run: Runtime):
    job_id = await make_job(run, ["a"], outputs=2)
    await until_status(run, job_id, "completed")
    first, second = await videos(run, job_id)
    await delete_video(run, LOCAL_OWNER, first.video_id)
    assert [v.video_id for v in await videos(run, job_id)] == [second.video_id]
    assert len(list(run.bucket.files())) == 4
    assert await purge_deleted(run) == 0
    async with run.db.begin() as session:
        await session.execute(
            text(
                "UPDATE videos SET deleted_at = deleted_at - interval '31 days' WHERE deleted_at IS NOT NULL"
            )
        )
    assert await purge_deleted(run) == 1
    assert len(list(run.bucket.files())) == 2
    async with run.db.begin() as session:
        told = await session.execute(
            text("SELECT data->>'status' FROM events WHERE video_id = :id ORDER BY id DESC LIMIT 1"),
            {"id": first.video_id},
        )
        assert told.scalar_one() == "deleted"


async def test_a_job_in_which_everything_waits_has_no_time_left_to_tell(run: Runtime):
    job_id = await make_job(run, ["[auth]", "fine"])

    async def waits() -> bool:
        job = await view(run, job_id)
        return job.waiting_videos == 1 and job.completed_videos == 1

    await until(waits)
    assert (await view(run, job_id)).eta_seconds is None


async def test_a_text_only_job_says_before_its_start_how_many_videos_it_will_have(run: Runtime):
    job_id = await make_job(run, ["a", "b", "c"], outputs=2, start=False)
    assert (await view(run, job_id)).expected_videos == 6


async def test_a_full_disk_pauses_the_job_before_anything_is_paid_and_it_resumes_by_itself(run: Runtime):
    object.__setattr__(run.settings, "min_free_bytes", 2**62)
    job_id = await make_job(run, ["a"])
    job = await until_status(run, job_id, "paused")
    assert job.paused_by == "disk_full"
    assert job.pause_reason
    assert "MiB are free" in job.pause_reason
    assert accepted_keys() == []
    object.__setattr__(run.settings, "min_free_bytes", 0)
    await until_status(run, job_id, "completed")


async def test_a_storage_that_cannot_be_written_pauses_and_what_was_paid_arrives_later(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    blocked = run.settings.data_dir / "blocked"
    blocked.write_text("a file where a folder should be")
    good, folder(run).root = folder(run).root, Path("/proc/1/nothing-can-be-written-here")
    job_id = await make_job(run, ["a"])
    job = await until_status(run, job_id, "paused")
    assert job.paused_by == "storage"
    assert len(accepted_keys()) == 1
    folder(run).root = good
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


async def test_what_was_fetched_while_the_storage_was_down_is_not_fetched_again(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    fetched: list[str] = []
    fetch = EchoProvider.fetch

    async def counted(
        self: EchoProvider, call: Call[EchoOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        fetched.append(call.key)
        await fetch(self, call, output, into, progress)

    monkeypatch.setattr(EchoProvider, "fetch", counted)
    good, folder(run).root = folder(run).root, Path("/proc/1/nothing-can-be-written-here")
    job_id = await make_job(run, ["a"])
    await until_status(run, job_id, "paused")
    folder(run).root = good
    await until_status(run, job_id, "completed")
    assert len(fetched) == 1
    assert [each for each in run.settings.work_dir.iterdir() if each.is_file()] == []
    (video,) = await videos(run, job_id)
    assert folder(run).path(f"jobs/{job_id}/videos/{video.video_id}.mp4").exists()


async def test_a_kept_take_is_used_only_if_it_is_as_it_was(tmp_path: Path):
    kept_in = tmp_path / "kept"
    kept_in.mkdir()
    take = kept_in / "submission.0.mp4"
    take.write_bytes(b"whole")
    await keep(take)
    assert await take_up(take) and take.read_bytes() == b"whole"
    await keep(take)
    (kept,) = kept_in.iterdir()
    kept.write_bytes(b"damag")
    assert not await take_up(take)
    assert list(kept_in.iterdir()) == []


async def test_users_take_turns_whoever_came_first(run: Runtime):
    object.__setattr__(run.settings, "provider_concurrency", {"echo": 2})
    async with run.db.begin() as session:
        other = (
            await session.execute(
                text("INSERT INTO users (id, name) VALUES (gen_random_uuid(), 'b') RETURNING id")
            )
        ).scalar_one()
    many = await make_job(run, [f"many {n}" for n in range(20)], start=False, delay_seconds=0.05)
    few = await make_job(run, [f"few {n}" for n in range(3)], start=False, delay_seconds=0.05, owner=other)
    await start_job(run, LOCAL_OWNER, many)
    await start_job(run, other, few)

    async def few_done() -> bool:
        async with run.db.begin() as session:
            return (
                await session.execute(text("SELECT status FROM jobs WHERE id = :id"), {"id": few})
            ).scalar_one() == "completed"

    await until(few_done)
    done = (await view(run, many)).completed_videos
    assert done < 20, "the first user's long job did not make the second one wait for its end"
    await until_status(run, many, "completed")


async def test_a_timeout_leaves_the_decision_to_the_owner_and_retry_looks_again(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    echo = type(run.providers.get("echo"))
    with monkeypatch.context() as impatient:
        impatient.setattr(echo, "limits", replace(echo.limits, timeout_seconds=0.0))
        job_id = await make_job(run, ["[slow:1]"])

        async def waits() -> bool:
            return (await view(run, job_id)).waiting_videos == 1

        await until(waits)
    (video,) = await videos(run, job_id)
    assert (video.waiting_for, video.error_type) == ("uncertain", "timeout")
    await resolve(run, LOCAL_OWNER, video.video_id, Decision.RETRY)
    await until_status(run, job_id, "completed")
    assert len(accepted_keys()) == 1


@pytest.mark.parametrize("meanwhile", ["cancelled", "taken over"])
async def test_what_takes_long_to_prepare_is_not_sent_when_it_is_not_wanted_here_any_more(
    run: Runtime, monkeypatch: pytest.MonkeyPatch, meanwhile: str
):
    echo = run.providers.get("echo")
    submit, preparing, go_on = echo.submit, asyncio.Event(), asyncio.Event()

    async def slowly(call: Call[EchoOptions]) -> str:
        preparing.set()
        await go_on.wait()
        await call.confirm()
        return await submit(call)

    monkeypatch.setattr(echo, "submit", slowly)
    job_id = await make_job(run, ["a"])
    await preparing.wait()
    if meanwhile == "cancelled":
        await cancel_job(run, LOCAL_OWNER, job_id)
    else:
        async with run.db.begin() as session:
            await session.execute(text("UPDATE submissions SET worker = 'another'"))
    go_on.set()

    async def let_go() -> bool:
        async with run.db.begin() as session:
            running = text(
                "SELECT count(*) FROM procrastinate_jobs"
                " WHERE task_name = 'rushes:make_videos' AND status = 'doing'"
            )
            return (await session.execute(running)).scalar_one() == 0

    await until(let_go)
    assert accepted_keys() == []


async def test_a_take_that_cannot_be_fetched_fails_alone_and_the_stored_one_is_kept_and_billed(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    echo = run.providers.get("echo")
    fetch = echo.fetch

    async def fail_the_second(call: Any, output: Output, into: Path, progress: ProgressCallback) -> None:
        if output.index == 1:
            raise Rejected("This take was withheld.")
        await fetch(call, output, into, progress)

    monkeypatch.setattr(echo, "fetch", fail_the_second)
    job_id = await make_job(run, ["a"], outputs=2)
    job = await until_status(run, job_id, "completed")
    first, second = await videos(run, job_id)
    assert (first.status, second.status) == ("completed", "failed")
    assert second.error_message == "This take was withheld."
    assert job.cost == first.cost == Decimal("0.01")
    assert len(accepted_keys()) == 1
