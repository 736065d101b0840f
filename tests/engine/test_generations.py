"""Speech and scripts asked of a real server that answers in every way there is; every state there is."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.generating.fixtures import at_work, nothing_is_left, rooms, service, still
from tests.generating.kit import add, calls, give_key, script, see, speech, until_is
from tests.generating.server import Server
from tests.waiting import until

from rushes import worker
from rushes.engine.generations import (
    add_generations,
    cancel_generations,
    delete_expired_generations,
    delete_generations,
    find_by_hash,
    input_hash,
    pause_generations,
    retry_generation,
    set_story_budget,
)
from rushes.engine.generations_shapes import ScriptResult, SpeechResult
from rushes.engine.refusals import MOST_SHOTS
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Conflict, Invalid
from rushes.jobs.overview import needs
from rushes.library.submissions import resolve_submission, undecided
from rushes.money.budgets import set_budgets
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.kinds import Kind
from rushes.providers.voice_contract import WordTimes

__all__ = ["at_work", "rooms", "service", "still"]

PRICE = Decimal("0.01")
"""US dollars of a character."""


async def test_a_text_is_spoken_stored_and_found_by_its_hash(at_work: Runtime, service: Server):
    new = speech("Butterflies return.")
    [spoken] = await add(at_work, new)
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert seen.status == "completed", seen.error_message
    assert isinstance(seen.result, SpeechResult)
    assert seen.result.seconds == 1.0
    file = seen.files["speech.wav"]
    assert (file.media_type, file.key) == (
        "audio/wav",
        f"generations/{spoken}/{seen.submission_id}/speech.wav",
    )
    assert await at_work.bucket.measure(file.key) == (file.bytes, file.sha256)
    assert (seen.price, seen.cost) == (19 * PRICE, 19 * PRICE)
    assert seen.next_actor is None
    [call] = await calls(at_work)
    assert (call.state, call.subject_kind, call.subject_ids) == ("completed", "voice", [spoken])
    assert (call.cost, call.cost_estimate) == (19 * PRICE, 19 * PRICE)
    assert service.books.keys == [str(call.id)]
    async with at_work.db.statement() as session:
        asked = input_hash(Kind.VOICE, "speaker", "speak-1", new.params)
        found = await find_by_hash(session, LOCAL_OWNER, Kind.VOICE, asked)
        assert found is not None
        assert found.id == spoken
        another = input_hash(Kind.VOICE, "speaker", "speak-1", new.params, variant=1)
        assert await find_by_hash(session, LOCAL_OWNER, Kind.VOICE, another) is None
    await nothing_is_left(at_work)


async def test_a_script_costs_what_the_provider_says(at_work: Runtime):
    [written] = await add(at_work, script("bees"))
    seen = await until_is(at_work, written, "completed", "failed", "waiting")
    assert isinstance(seen.result, ScriptResult), seen.error_message
    assert (seen.result.draft.title, seen.result.repairs) == ("A film", 1)
    assert (seen.cost, seen.files) == (Decimal("0.25"), {})
    [call] = await calls(at_work)
    assert (call.state, call.cost) == ("completed", Decimal("0.25"))


@pytest.mark.parametrize("words", ["hi [503]", "hi [429:0.1]"])
async def test_what_was_definitely_not_accepted_is_asked_for_again(
    at_work: Runtime, service: Server, words: str
):
    [spoken] = await add(at_work, speech(words))
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert seen.status == "completed", seen.error_message
    assert [each.state for each in await calls(at_work, spoken)] == ["released", "completed"]
    assert len(service.books.keys) == 1


async def test_a_refusal_fails_with_the_providers_words_and_the_prompt_acts_next(at_work: Runtime):
    [refused] = await add(at_work, speech("hi [refuse]"))
    seen = await until_is(at_work, refused, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type, seen.next_actor) == ("failed", "policy_violation", "prompt")
    assert seen.error_message == "Speaker: It will not say this."[9:]
    [call] = await calls(at_work)
    assert (call.state, call.cost) == ("released", None)


async def test_a_key_that_is_not_taken_is_set_aside_and_another_one_is_used(
    still: Runtime, at_work: Runtime, service: Server
):
    async with at_work.db.begin() as session:
        await session.execute(text("UPDATE credentials SET state = 'disabled'"))
    bad = await give_key(at_work, service.url, "bad", secret="bad-key-0001")
    [spoken] = await add(at_work, speech("hi"))
    seen = await until_is(at_work, spoken, "waiting", "completed", "failed")
    assert (seen.status, seen.waiting_for, seen.error_type) == ("waiting", "person", "auth")
    assert seen.error_message is not None
    assert "The key is not taken." in seen.error_message
    async with at_work.db.begin() as session:
        refused = await session.scalar(text("SELECT refused FROM credentials WHERE id = :id"), {"id": bad})
    assert list(refused) == ["speaker"], "the writer may still use it"
    await give_key(at_work, service.url, "good", secret="good-key-0002")
    seen = await until_is(at_work, spoken, "completed", "failed")
    assert seen.status == "completed"
    assert service.books.secrets == ["good-key-0002"]


async def test_a_403_for_one_text_is_about_that_text_and_a_few_in_a_row_about_the_key(at_work: Runtime):
    async def refused() -> list[str]:
        async with at_work.db.begin() as session:
            return list(await session.scalar(text("SELECT refused FROM credentials")))

    [bad, good] = await add(at_work, speech("bad [403]"), speech("good"))
    seen = await until_is(at_work, bad, "waiting", "completed", "failed")
    assert (seen.status, seen.error_type, seen.next_actor) == ("failed", "policy_violation", "prompt")
    assert seen.error_message is not None and "You may not do this." in seen.error_message
    assert (await until_is(at_work, good, "waiting", "completed", "failed")).status == "completed"
    assert await refused() == []
    for n in range(MOST_SHOTS - 1):
        [another] = await add(at_work, speech(f"bad {n} [403]"))
        assert (await until_is(at_work, another, "waiting", "completed", "failed")).status == "failed"
    [last] = await add(at_work, speech("the last [403]"))
    seen = await until_is(at_work, last, "waiting", "completed", "failed")
    assert (seen.status, seen.waiting_for, seen.error_type) == ("waiting", "person", "auth")
    assert await refused() == ["speaker"]


@pytest.mark.parametrize("word", ["500", "hangup", "truncated"])
async def test_what_may_have_been_accepted_waits_for_a_decision(at_work: Runtime, service: Server, word: str):
    [spoken] = await add(at_work, speech(f"hi [{word}]"))
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.waiting_for, seen.error_type) == ("waiting", "uncertain", "uncertain")
    [call] = await calls(at_work)
    assert call.state == "uncertain"
    async with at_work.db.begin() as session:
        [need] = await needs(session, LOCAL_OWNER)
        [listed] = await undecided(session, LOCAL_OWNER)
    assert (need.submission_id, need.subject_kind, need.count) == (call.id, "voice", 1)
    assert listed.submission_id == call.id
    assert len(service.books.keys) == 1, "it is not asked for again on a guess"
    resolved = await resolve_submission(at_work, LOCAL_OWNER, call.id, Decision.RETRY)
    assert resolved.state == "uncertain", "that may have been paid for, and stays so"
    seen = await until_is(at_work, spoken, "completed", "failed")
    assert seen.status == "completed"
    async with at_work.db.begin() as session:
        assert await needs(session, LOCAL_OWNER) == []
    assert len(service.books.keys) == 2


@pytest.mark.parametrize(
    ("decision", "state", "cost"),
    [(Decision.MADE, "completed", "0.11"), (Decision.GIVE_UP, "cancelled", "0")],
)
async def test_a_decision_ends_it(at_work: Runtime, decision: Decision, state: str, cost: str):
    [spoken] = await add(at_work, speech("hi [hangup]"))
    await until_is(at_work, spoken, "waiting")
    [call] = await calls(at_work)
    resolved = await resolve_submission(at_work, LOCAL_OWNER, call.id, decision)
    assert (resolved.state, resolved.cost) == (state, Decimal(cost))
    seen = await see(at_work, spoken)
    assert (seen.status, seen.error_type, seen.waiting_for) == ("failed", "uncertain", None)
    with pytest.raises(Conflict):
        await resolve_submission(at_work, LOCAL_OWNER, call.id, decision)


async def test_a_broken_answer_is_billed_and_not_paid_for_again_without_a_person(
    at_work: Runtime, service: Server
):
    [spoken] = await add(at_work, speech("hi [broken] [cost:0.5]"))
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type, seen.cost) == ("failed", "generation_failed", Decimal("0.5"))
    assert seen.error_message is not None
    assert "billed all the same ($0.5)" in seen.error_message
    [call] = await calls(at_work)
    assert (call.state, call.cost) == ("failed", Decimal("0.5"))
    await nothing_is_left(at_work)
    async with at_work.db.begin() as session:
        await retry_generation(session, LOCAL_OWNER, spoken)

    async def twice() -> bool:
        return len(service.books.keys) == 2

    await until(twice)


@pytest.mark.parametrize(
    ("word", "error_type", "actor"),
    [
        ("useless", "provider_changed", "us"),
        ("declined", "policy_violation", "prompt"),
        ("limited", "rate_limited", "user"),
    ],
)
async def test_what_was_billed_for_nothing_is_booked(
    at_work: Runtime, service: Server, word: str, error_type: str, actor: str
):
    [written] = await add(at_work, script(f"a [{word}]"))
    seen = await until_is(at_work, written, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type, seen.next_actor) == ("failed", error_type, actor)
    assert seen.error_message is not None
    assert "billed all the same ($0.25)" in seen.error_message
    assert [(each.state, each.cost) for each in await calls(at_work)] == [("failed", Decimal("0.25"))]
    assert len(service.books.keys) == 1


async def test_a_useless_script_says_what_it_cost_and_one_that_failed_is_asked_for_again(
    at_work: Runtime, service: Server
):
    [useless, failed] = await add(at_work, script("a [useless]"), script("b [failed]"))
    seen = await until_is(at_work, useless, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type, seen.cost) == ("failed", "provider_changed", Decimal("0.25"))
    seen = await until_is(at_work, failed, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type) == ("failed", "generation_failed")
    rows = await calls(at_work, failed)
    assert [(each.state, each.cost) for each in rows] == [("failed", Decimal(0))] * 3


@pytest.mark.parametrize("word", ["500", "hangup", "truncated"])
async def test_a_free_call_is_asked_for_again(at_work: Runtime, service: Server, word: str):
    [spoken] = await add(at_work, speech(f"hi [{word}]", model="own-1"))
    seen = await until_is(at_work, spoken, "completed", "failed", "waiting")
    assert (seen.status, seen.cost, seen.price) == ("completed", Decimal(0), Decimal(0)), seen.error_message
    assert len(service.books.keys) == 2
    [first, second] = await calls(at_work, spoken)
    assert (first.state, second.state) == ("released", "completed")


async def test_a_free_call_that_never_succeeds_fails_in_the_end(at_work: Runtime):
    at_work.settings = at_work.settings.model_copy(update={"network_retries": 2})
    [spoken] = await add(at_work, speech("hi [broken]", model="own-1"))
    seen = await until_is(at_work, spoken, "failed", "completed", "waiting")
    assert (seen.status, seen.retry_count, seen.next_actor) == ("failed", 2, "user")
    assert len(await calls(at_work, spoken)) == 3


async def test_a_budget_that_is_spent_holds_it_until_it_is_raised(at_work: Runtime, service: Server):
    story = uuid4()
    first, second = await add(
        at_work,
        speech("0123456789", story_id=story, budget=Decimal("0.15")),
        speech("abcdefghij", story_id=story, budget=Decimal("0.15")),
    )
    await until_is(at_work, first, "completed")
    seen = await until_is(at_work, second, "waiting", "completed")
    assert (seen.status, seen.waiting_for, seen.error_type) == ("waiting", "budget", "budget")
    assert seen.error_message is not None
    assert seen.error_message.startswith("Limit of this story reached ($0.15): the next call costs $0.1")
    async with at_work.db.begin() as session:
        await set_story_budget(session, story, Decimal("0.2"))
    assert (await until_is(at_work, second, "completed", "failed")).status == "completed"
    assert len(service.books.keys) == 2


async def test_the_budget_of_the_day_holds_it_too(at_work: Runtime, service: Server):
    async with at_work.db.begin() as session:
        await set_budgets(session, LOCAL_OWNER, day=Decimal("0.05"), month=None)
    [spoken] = await add(at_work, speech("0123456789"))
    seen = await until_is(at_work, spoken, "waiting", "completed")
    assert seen.error_message is not None
    assert "Daily limit reached ($0.05)" in seen.error_message
    assert service.books.keys == []


async def test_no_more_than_the_provider_allows_are_asked_for_at_once(at_work: Runtime, service: Server):
    ids = await add(at_work, *(speech(f"{n} [late:0.1]") for n in range(12)))
    for each in ids:
        assert (await until_is(at_work, each, "completed", "failed", "waiting")).status == "completed"
    assert 1 < service.books.most_at_once <= 4


async def test_what_is_queued_is_cancelled_and_retried(still: Runtime, service: Server):
    [spoken] = await add(still, speech("hi"))
    async with still.db.begin() as session:
        assert await pause_generations(session, [spoken]) == [spoken]
    assert (await see(still, spoken)).waiting_for == "person"
    async with still.db.begin() as session:
        assert await cancel_generations(session, [spoken]) == [spoken]
        assert await cancel_generations(session, [spoken]) == []
    seen = await see(still, spoken)
    assert (seen.status, seen.waiting_for, seen.next_actor) == ("cancelled", None, "user")
    async with still.db.begin() as session:
        await retry_generation(session, LOCAL_OWNER, spoken)
    assert (await see(still, spoken)).status == "queued"
    assert await calls(still) == []


async def test_the_answer_to_a_cancelled_paid_call_is_kept_and_booked(at_work: Runtime, service: Server):
    [spoken] = await add(at_work, speech("hi [gated]"))
    await until_asked(service)
    async with at_work.db.begin() as session:
        await cancel_generations(session, [spoken])
    assert (await see(at_work, spoken)).status == "cancelled"
    service.gate.set()
    seen = await until_is(at_work, spoken, "completed", "failed")
    assert (seen.status, seen.cost) == ("completed", Decimal("0.1"))
    assert [each.state for each in await calls(at_work)] == ["completed"]
    await nothing_is_left(at_work)


async def test_one_retried_while_its_call_is_out_is_not_asked_for_twice(at_work: Runtime, service: Server):
    [spoken] = await add(at_work, speech("hi [gated]"))
    await until_asked(service)
    async with at_work.db.begin() as session:
        await cancel_generations(session, [spoken])
        await retry_generation(session, LOCAL_OWNER, spoken)
    assert (await see(at_work, spoken)).status == "generating"
    service.gate.set()
    await until_is(at_work, spoken, "completed")
    assert len(service.books.keys) == 1


async def test_two_of_the_same_inputs_asked_for_at_once_are_paid_once(at_work: Runtime, service: Server):
    asked = [speech("hi [gated]", story_id=uuid4()) for _ in range(4)]
    ids = await asyncio.gather(*(add(at_work, each) for each in asked))
    assert len({each for (each,) in ids}) == 1, "each is given the one that is made"
    [[spoken], *_] = ids
    another, twice = speech("hi [gated]", variant=1), speech("ho")
    assert await add(at_work, another, twice, twice) == [another.id, twice.id, twice.id]
    await until_asked(service)
    service.gate.set()
    await until_is(at_work, spoken, "completed")
    assert await add(at_work, speech("hi [gated]")) == [spoken], "and later what is there"
    assert len(await calls(at_work, spoken)) == 1


async def test_a_cancelled_one_whose_call_is_out_is_continued_for_who_asks_next(
    at_work: Runtime, service: Server
):
    first, second = uuid4(), uuid4()
    [spoken] = await add(at_work, speech("hi [gated]", story_id=first))
    await until_asked(service)
    async with at_work.db.begin() as session:
        await cancel_generations(session, [spoken])
    assert await add(at_work, speech("hi [gated]", story_id=second)) == [spoken]
    seen = await see(at_work, spoken)
    assert (seen.status, seen.story_id) == ("generating", second)
    service.gate.set()
    await until_is(at_work, spoken, "completed")
    assert len(service.books.keys) == 1


async def test_what_is_asked_for_to_be_kept_outlives_a_preview_of_the_same(at_work: Runtime):
    soon = datetime.now(UTC) + timedelta(seconds=1)
    [spoken] = await add(at_work, speech("hi", expires_at=soon))
    assert (await until_is(at_work, spoken, "completed")).expires_at is not None
    await add(at_work, speech("hi"))
    assert (await see(at_work, spoken)).expires_at is None


async def test_one_that_is_deleted_while_its_call_is_out_is_booked_all_the_same(
    at_work: Runtime, service: Server
):
    story = uuid4()
    [done] = await add(at_work, speech("hi", story_id=story))
    file = (await until_is(at_work, done, "completed")).files["speech.wav"]
    await add(at_work, speech("hi [gated]", story_id=story), speech("later", story_id=story, priority=-1))

    async def asked() -> bool:
        return any("[gated]" in each for each in service.books.texts)

    await until(asked)
    async with at_work.db.begin() as session:
        keys = await delete_generations(session, story)
    assert keys == [file.key]
    await at_work.bucket.delete(*keys)
    service.gate.set()

    async def ended() -> bool:
        return {each.state for each in await calls(at_work)} <= {"completed", "cancelled", "released"}

    await until(ended)
    costs = [each.cost for each in await calls(at_work) if each.state == "completed"]
    assert Decimal("0.1") in costs
    await nothing_is_left(at_work)

    async def swept() -> bool:
        return [key for key, _ in at_work.bucket.files() if "speech" in key] == []

    await until(swept)


async def until_asked(service: Server, count: int = 1) -> None:
    """Wait until the server has accepted so many."""

    async def there() -> bool:
        return len(service.books.keys) >= count

    await until(there)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stories whose task has run, in the place of what it does."""
    seen: list[str] = []

    async def run_story(_: Runtime, story_id: str) -> None:
        seen.append(story_id)

    tasks = tuple(run_story if each.__name__ == run_story.__name__ else each for each in worker.TASKS)
    assert run_story in tasks
    monkeypatch.setattr(worker, "TASKS", tasks)
    return seen


async def test_every_end_wakes_its_story(woken: list[str], at_work: Runtime):
    stories = [uuid4() for _ in range(2)]
    await add(at_work, speech("hi", story_id=stories[0]), speech("hi [refuse]", story_id=stories[1]))

    async def both() -> bool:
        return sorted(woken) == sorted(str(each) for each in stories)

    await until(both)


async def test_events_tell_of_every_change(at_work: Runtime):
    story = uuid4()
    [spoken] = await add(at_work, speech("hi", story_id=story))
    await until_is(at_work, spoken, "completed")
    async with at_work.db.begin() as session:
        rows = await session.execute(text("SELECT data FROM events WHERE type = 'generation' ORDER BY id"))
        told = list(rows.scalars())
    assert [each["status"] for each in told] == ["queued", "generating", "completed"]
    assert {(each["id"], each["story_id"], each["kind"]) for each in told} == {
        (str(spoken), str(story), "voice")
    }


async def test_what_nobody_can_be_asked_for_is_refused_at_once(still: Runtime):
    wrong = speech("hi")
    for change, words in (
        ({"provider": "nobody"}, "no voice provider"),
        ({"kind": Kind.PICTURE}, "no picture provider"),
        ({"params": script("x").params}, "nothing to ask"),
        ({"params": wrong.params.model_copy(update={"options": {"loud": 1}})}, "no such options"),
    ):
        with pytest.raises(Invalid, match=words):
            await add(still, replace(wrong, **change))


async def test_one_whose_time_is_over_is_deleted(at_work: Runtime):
    past = datetime.now(UTC) - timedelta(days=1)
    [spoken] = await add(at_work, speech("hi", expires_at=past))
    await until_is(at_work, spoken, "completed")
    async with at_work.db.begin() as session:
        assert len(await delete_expired_generations(session)) == 1
        left = await session.execute(text("SELECT count(*) FROM generations"))
        assert left.scalar_one() == 0


async def test_what_a_provider_writes_fits_into_a_row(at_work: Runtime):
    [written] = await add(at_work, script("bees [odd]"))
    seen = await until_is(at_work, written, "completed", "failed", "waiting")
    assert isinstance(seen.result, ScriptResult), seen.error_message
    assert seen.result.draft.title == "A\ufffdfilm\ufffd \u200fשלום"


async def test_an_answer_that_breaks_the_provider_is_no_refusal(at_work: Runtime):
    [written] = await add(at_work, script("bees [nothing]"))
    seen = await until_is(at_work, written, "completed", "failed", "waiting")
    assert (seen.status, seen.waiting_for) == ("waiting", "uncertain"), "it may have been billed"


async def test_times_of_words_that_are_none_are_left_out(at_work: Runtime):
    ids = await add(
        at_work, speech("a [words:0.2 0.4]"), speech("b [words:nan 0.4]"), speech("c [words:5 2]")
    )
    seen = [await until_is(at_work, each, "completed", "failed", "waiting") for each in ids]
    results = [each.result for each in seen if isinstance(each.result, SpeechResult)]
    assert [(word.start, word.end) for word in results[0].words] == [(0.2, 0.4)]
    assert [each.times is WordTimes.VOICE for each in results] == [True, False, False], "found, or estimated"
    for each in results:
        times = [time for word in each.words for time in (word.start, word.end)]
        assert times == sorted(times) and all(0 <= time <= each.seconds for time in times)


async def test_one_of_a_later_version_stops_nobody_else(at_work: Runtime):
    strange = speech("hi", priority=1)
    async with at_work.db.begin() as session:
        await add_generations(session, LOCAL_OWNER, [strange, speech("others")])
        await session.execute(
            text('UPDATE generations SET params = params || \'{"mood": "glad"}\' WHERE id = :id'),
            {"id": strange.id},
        )
    seen = await until_is(at_work, strange.id, "completed", "failed", "waiting")
    assert (seen.status, seen.error_type) == ("failed", "bad_input")
