"""What a kill leaves of a call, step by step; storages that are away, restored databases, late answers."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.generating.fixtures import nothing_is_left, rooms, service, still
from tests.generating.kit import add, calls, give_key, see, speech, until_is
from tests.generating.server import Server, sound
from tests.jobs import folder as bucket_folder
from tests.waiting import until

from rushes.engine import generations_replies as replies
from rushes.engine.dispatch import dispatch_now
from rushes.engine.generations import retry_generation
from rushes.engine.generations_calls import MadeFile
from rushes.engine.generations_receive import receive_replies, receive_reply
from rushes.engine.generations_replies import GenerationReply
from rushes.engine.generations_run import generate
from rushes.engine.incarnation import notice_older
from rushes.engine.reconcile import tick
from rushes.engine.reply_rows import Reply
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.library.submissions import resolve_submission
from rushes.library.uncertain import Which, list_uncertain, resolve_many
from rushes.ops.sweep import sweep
from rushes.platform.db.models import LOCAL_OWNER
from rushes.worker import run_worker

__all__ = ["rooms", "service", "still"]


@contextlib.asynccontextmanager
async def working(run: Runtime) -> AsyncGenerator[None]:
    task = asyncio.create_task(run_worker(run))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def claimed(run: Runtime, service: Server, words: str = "hi", **more: object) -> tuple[UUID, UUID]:
    """A generation and its call, which the dispatcher has just claimed; no task of it is in the queue."""
    await give_key(run, service.url)
    [spoken] = await add(run, speech(words, **more))
    await dispatch_now(run, "speaker")
    await sql(run, "DELETE FROM procrastinate_jobs")
    [call] = await calls(run, spoken)
    assert call.state == "claimed"
    return spoken, call.id


async def sql(run: Runtime, statement: str, **given: object) -> None:
    async with run.db.begin() as session:
        await session.execute(text(statement), given)


async def killed_while_sent(run: Runtime, call_id: UUID) -> None:
    """Another worker had it, and died after the first byte."""
    await sql(
        run,
        "UPDATE submissions SET state = 'submitting', worker = 'dead', sent_by = 'dead', sent_at = now()"
        " WHERE id = :id",
        id=call_id,
    )


def leave_reply(run: Runtime, call_id: UUID, cost: str | None = None) -> None:
    """What a worker leaves that is killed right after its answer was on disk."""
    folder = run.settings.generations_dir
    part = replies.begin(folder, call_id)
    (part / "speech.wav").write_bytes(sound())
    reply = GenerationReply(
        submission_id=call_id,
        result={"seconds": 1.0, "words": [], "times": "voice"},
        files=replies.measure(part, [MadeFile("speech.wav", "audio/wav")]),
        cost=None if cost is None else Decimal(cost),
    )
    replies.finish(folder, reply)


async def test_killed_before_the_first_byte_it_is_asked_for_once(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    async with working(still):
        seen = await until_is(still, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.submission_id) == ("completed", call_id)
    assert len(service.books.keys) == 1


async def test_killed_after_the_first_byte_it_waits_for_a_decision(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    await killed_while_sent(still, call_id)
    async with working(still):
        seen = await until_is(still, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.waiting_for) == ("waiting", "uncertain")
    assert service.books.keys == []


async def test_killed_after_the_first_byte_a_free_one_is_asked_for_again(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service, model="own-1")
    await killed_while_sent(still, call_id)
    async with working(still):
        seen = await until_is(still, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.cost) == ("completed", Decimal(0))
    assert [each.state for each in await calls(still)] == ["released", "completed"]


@pytest.mark.parametrize("state", ["claimed", "submitting", "uncertain"])
async def test_killed_after_its_answer_was_on_disk_nothing_is_asked_for_again(
    still: Runtime, service: Server, state: str
):
    spoken, call_id = await claimed(still, service)
    if state != "claimed":
        await killed_while_sent(still, call_id)
    if state == "uncertain":
        await generate(still, str(call_id))
        assert (await see(still, spoken)).waiting_for == "uncertain"
    leave_reply(still, call_id, "0.7")
    await tick(still)
    seen = await see(still, spoken)
    assert (seen.status, seen.cost, seen.waiting_for) == ("completed", Decimal("0.7"), None)
    [call] = await calls(still)
    assert (call.state, call.cost) == ("completed", Decimal("0.7"))
    assert service.books.keys == []
    await receive_replies(still)
    await nothing_is_left(still)


async def test_killed_between_the_storage_and_the_rows_the_same_reply_is_taken_in_again(
    still: Runtime, service: Server
):
    spoken, call_id = await claimed(still, service)
    leave_reply(still, call_id)
    await asyncio.gather(*(receive_reply(still, call_id) for _ in range(3)), return_exceptions=True)
    seen = await see(still, spoken)
    assert seen.status == "completed"
    leave_reply(still, call_id)  # the kill came before it was deleted
    assert await receive_reply(still, call_id)
    assert [key for key, _ in still.bucket.files()] == [seen.files["speech.wav"].key]
    file = seen.files["speech.wav"]
    assert await still.bucket.measure(file.key) == (file.bytes, file.sha256)
    await nothing_is_left(still)


async def test_a_storage_that_is_away_is_waited_for_with_the_answer_in_hand(
    still: Runtime, service: Server, monkeypatch: pytest.MonkeyPatch
):
    root = bucket_folder(still).root
    (root / "generations").write_text("in the way")
    await give_key(still, service.url)
    [spoken] = await add(still, speech("hi"))
    async with working(still):

        async def says_why() -> bool:
            return (await see(still, spoken)).error_message is not None

        await until(says_why)
        seen = await see(still, spoken)
        assert (seen.status, seen.next_actor) == ("generating", "clock")
        [call] = await calls(still)
        assert (call.state, call.finished_at is not None) == ("submitted", True)
        (root / "generations").unlink()
        seen = await until_is(still, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.error_message) == ("completed", None)
    assert len(service.books.keys) == 1


async def test_an_answer_that_is_on_another_machine_is_waited_for(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    await sql(
        still, "UPDATE submissions SET state = 'submitted', submitted_at = now() WHERE id = :id", id=call_id
    )
    await generate(still, str(call_id))
    assert (await see(still, spoken)).status == "generating"
    await sql(
        still, "UPDATE submissions SET submitted_at = now() - interval '2 hours' WHERE id = :id", id=call_id
    )
    await generate(still, str(call_id))
    seen = await see(still, spoken)
    assert (seen.status, seen.waiting_for) == ("waiting", "uncertain")
    leave_reply(still, call_id)  # that machine runs again
    await tick(still)
    assert (await see(still, spoken)).status == "completed"


@pytest.mark.parametrize(
    ("decision", "status", "cost"),
    [(Decision.MADE, "completed", "0.02"), (Decision.GIVE_UP, "completed", "0.02")],
)
async def test_an_answer_that_comes_after_a_decision_is_kept_and_booked(
    still: Runtime, service: Server, decision: Decision, status: str, cost: str
):
    spoken, call_id = await claimed(still, service)
    await killed_while_sent(still, call_id)
    await generate(still, str(call_id))
    await resolve_submission(still, LOCAL_OWNER, call_id, decision)
    leave_reply(still, call_id)
    await tick(still)
    assert (await see(still, spoken)).status == status
    [call] = await calls(still)
    assert call.cost == Decimal(cost), "what was made is paid for, whatever was thought of it"


async def test_an_answer_that_comes_after_a_retry_spares_the_second_call(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    await killed_while_sent(still, call_id)
    await generate(still, str(call_id))
    await resolve_submission(still, LOCAL_OWNER, call_id, Decision.RETRY)
    await dispatch_now(still, "speaker")
    leave_reply(still, call_id)
    await receive_replies(still)
    seen = await see(still, spoken)
    assert (seen.status, seen.submission_id) == ("completed", call_id)
    async with working(still):
        assert (await until_is(still, spoken, "completed")).cost == Decimal("0.02")
    assert [each.state for each in await calls(still)] == ["completed", "released"]
    assert service.books.keys == []


async def test_a_late_refusal_lets_it_be_asked_for_again(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    await killed_while_sent(still, call_id)
    await generate(still, str(call_id))
    assert (await see(still, spoken)).status == "waiting"
    await still.replies.keep(Reply(call_id, "dead", None))
    assert (await see(still, spoken)).status == "generating"
    async with working(still):
        seen = await until_is(still, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.submission_id) == ("completed", call_id)


async def test_a_restored_database_asks_for_nothing_until_a_person_says_so(still: Runtime, service: Server):
    spoken, call_id = await claimed(still, service)
    await killed_while_sent(still, call_id)
    [queued] = await add(still, speech("later"))
    async with still.db.begin() as session:
        installation = await session.scalar(text("SELECT id FROM installation"))
    assert await notice_older(still.db, f"installation {installation} another-turn")
    seen = [await see(still, each) for each in (spoken, queued)]
    assert [(each.status, each.waiting_for, each.error_type) for each in seen] == [
        ("waiting", "uncertain", "restored"),
        ("waiting", "person", "restored"),
    ]
    await tick(still)
    await dispatch_now(still, "speaker")
    assert len(await calls(still)) == 1
    async with still.db.begin() as session:
        await retry_generation(session, LOCAL_OWNER, queued)
    async with working(still):
        assert (await until_is(still, queued, "completed", "failed")).status == "completed"
    assert service.books.texts == ["later"]


async def test_many_are_decided_on_at_once(still: Runtime, service: Server):
    story = uuid4()
    spoken, call_id = await claimed(still, service, story_id=story)
    await killed_while_sent(still, call_id)
    await generate(still, str(call_id))
    async with still.db.begin() as session:
        [listed] = await list_uncertain(still, session, LOCAL_OWNER, Which(provider="speaker"))
        assert await list_uncertain(still, session, LOCAL_OWNER, Which(provider="writer")) == []
    assert (listed.submission_id, listed.generation_ids, listed.story_id) == (call_id, [spoken], story)
    assert (listed.job_id, listed.video_ids, listed.subject_kind) == (None, [], "voice")
    [decided] = await resolve_many(still, LOCAL_OWNER, Which(provider="speaker"), Decision.GIVE_UP)
    assert decided.submission_id == call_id
    assert (await see(still, spoken)).status == "failed"


async def test_a_provider_that_does_not_answer_is_given_one_call_at_a_time(still: Runtime, service: Server):
    await give_key(still, service.url)
    ids = await add(still, *(speech(f"{n} [500]") for n in range(4)), speech("later", priority=-1))
    still.settings = still.settings.model_copy(update={"network_retry_wait": 30.0})
    async with working(still):

        async def stuck() -> bool:
            return (await see(still, ids[-1])).error_type == "outage"

        await until(stuck)
    seen = await see(still, ids[-1])
    assert (seen.status, seen.next_actor) == ("queued", "clock")
    assert seen.error_message is not None
    assert "One call tries again at" in seen.error_message


async def test_a_limit_rests_the_model_on_its_key_and_counts_as_no_try(still: Runtime, service: Server):
    key = await give_key(still, service.url)
    [spoken] = await add(still, speech("hi [429:30]"))
    async with working(still):

        async def rests() -> bool:
            async with still.db.begin() as session:
                rests = text(
                    "SELECT until > now() FROM credential_rests"
                    " WHERE credential_id = :id AND (provider, model) = ('speaker', 'speak-1')"
                )
                return bool(await session.scalar(rests, {"id": key}))

        await until(rests)
        seen = await until_is(still, spoken, "queued")
        assert (seen.retry_count, seen.error_type) == (0, None)
        [other] = await add(still, speech("ho", model="own-1"))
        assert (await until_is(still, other, "completed")).error_type is None
        assert (await see(still, spoken)).status == "queued", "its own model still rests"
        await sql(still, "DELETE FROM credential_rests")


async def test_a_full_disk_says_so_and_starts_nothing(still: Runtime, service: Server):
    await give_key(still, service.url)
    [spoken] = await add(still, speech("hi"))
    still.settings = still.settings.model_copy(update={"min_free_bytes": 2**60})
    await dispatch_now(still, "speaker")
    seen = await see(still, spoken)
    assert (seen.status, seen.error_type) == ("queued", "disk_full")
    assert await calls(still) == []


async def test_what_calls_without_an_answer_have_left_is_swept(still: Runtime, service: Server):
    _, call_id = await claimed(still, service)
    folder = still.settings.generations_dir
    replies.begin(folder, call_id)
    gone = replies.begin(folder, uuid4())
    await sweep(still, older_than_seconds=0)
    assert not gone.exists()
    assert [each.name for each in folder.iterdir()] == [f"{call_id}.part"], "that one is at work"
