"""Keys of a service with several providers: one key for all that take it, whoever refuses it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text
from tests.jobs import accepted_keys, ledger, make_job, until, until_status, videos, view
from tests.services import KEY, SCROLL, First, Second, shared_service

from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import list_credentials, usable
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import ActionNeeded, Conflict, ErrorType, Invalid, NotFound
from rushes.keys.actions import KeyChange, NewKey, add_key, change_key, check_key
from rushes.keys.environment import take_in_environment
from rushes.keys.reconcile import reconcile_keys
from rushes.money.costs import read_costs
from rushes.money.views import By
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.db.paying import CredentialRow

Pair = tuple[First, Second]
FORBIDDEN = ActionNeeded("This API is not enabled for your key.", error_type=ErrorType.AUTH)


@pytest.fixture
def pair(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> Pair:
    return shared_service(run, monkeypatch)


async def give(run: Runtime, secret: str = KEY, **more: Any) -> CredentialView:
    new = {"service": "pair", "secret": secret, "name": "mine", **more}
    return await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))


async def keys(run: Runtime) -> list[CredentialView]:
    async with run.db.statement() as session:
        return await list_credentials(session, LOCAL_OWNER)


async def store(run: Runtime, provider: str, name: str, secret: str = KEY, **more: Any) -> UUID:
    """A row as the migration leaves one that was entered for a provider by itself."""
    key_id = uuid4()
    values: dict[str, Any] = {
        "id": key_id,
        "owner_id": LOCAL_OWNER,
        "service": "pair",
        "provider": provider,
        "serves": [provider],
        "kind": "key",
        "name": name,
        "last_four": secret[-4:],
        "secret": run.vault.seal(secret),
        "fields": {},
        "origin": "user",
        "state": "ready",
        **more,
    }
    async with run.db.begin() as session:
        await session.execute(insert(CredentialRow).values(**values))
    return key_id


async def test_one_key_makes_videos_with_every_provider_of_its_service(
    run: Runtime, worker: object, pair: Pair
):
    key = await give(run)
    assert (key.service, sorted(key.providers), key.refused) == ("pair", ["animatic", "echo"], {})
    for provider in ("echo", "animatic"):
        job_id = await make_job(run, ["a"], provider=provider)
        await until_status(run, job_id, "completed")
        assert {row.credential_id for row in await ledger(run, job_id)} == {key.id}
    (after,) = await keys(run)
    assert after.submissions == 2


async def test_a_key_serves_only_what_its_form_fits(run: Runtime, pair: Pair):
    assert (await give(run, SCROLL)).providers == ["animatic"]
    async with run.db.statement() as session:
        assert await usable(session, LOCAL_OWNER) == {"animatic": 1}
    with pytest.raises(Invalid) as caught:
        await add_key(run, LOCAL_OWNER, NewKey(provider="echo", secret=SecretStr("{another}-0003")))
    assert "Echo reads no scrolls." in caught.value.faults[0].message


async def test_a_key_that_one_provider_refuses_is_kept_for_the_others_and_all_refusing_is_no_key(
    run: Runtime, pair: Pair
):
    echo, second = pair
    echo.closed = FORBIDDEN
    key = await give(run)
    assert (key.providers, key.state) == (["animatic"], CredentialState.READY)
    assert key.refused == {"echo": FORBIDDEN.message}
    with pytest.raises(Invalid):
        await add_key(run, LOCAL_OWNER, NewKey(provider="echo", secret=SecretStr("other-key-0004")))
    echo.closed = None
    assert sorted((await check_key(run, LOCAL_OWNER, key.id)).providers) == ["animatic", "echo"]
    echo.closed = second.closed = FORBIDDEN
    with pytest.raises(Invalid, match="Pair does not take this key"):
        await give(run, "third-key-0005", name="third")
    checked = await check_key(run, LOCAL_OWNER, key.id)
    assert (checked.state, checked.state_reason) == (CredentialState.INVALID, FORBIDDEN.message)


async def test_a_refusal_while_making_sets_it_aside_for_that_provider_alone_until_it_is_enabled(
    run: Runtime, worker: object, pair: Pair
):
    echo, _ = pair
    key = await give(run)
    echo.closed = FORBIDDEN
    waiting = await make_job(run, ["a"])
    await until(lambda: _waits(run, waiting))
    (video,) = await videos(run, waiting)
    assert f"mine: {FORBIDDEN.message}" in (video.error_message or "")
    (now,) = await keys(run)
    assert (now.state, now.providers) == (CredentialState.READY, ["animatic"])
    assert now.refused == {"echo": FORBIDDEN.message}
    other = await make_job(run, ["b"], provider="animatic")
    await until_status(run, other, "completed")

    echo.closed = None
    await change_key(run, LOCAL_OWNER, key.id, KeyChange(enabled=True))
    await until_status(run, waiting, "completed")
    assert len(accepted_keys()) == 2


async def _waits(run: Runtime, job_id: UUID) -> bool:
    return (await view(run, job_id)).waiting_videos == 1


async def test_the_same_key_twice_is_a_conflict_and_nobody_unknown_is_named(run: Runtime, pair: Pair):
    await give(run)
    with pytest.raises(Conflict, match="there already"):
        await give(run, name="again")
    with pytest.raises(Conflict, match="there already"):
        await add_key(run, LOCAL_OWNER, NewKey(provider="echo", secret=SecretStr(KEY)))
    with pytest.raises(NotFound, match="There is no service 'nobody'"):
        await give(run, service="nobody")


async def test_keys_entered_once_for_each_provider_become_one_and_the_books_are_kept(
    run: Runtime, worker: object, pair: Pair
):
    first, second = await store(run, "echo", "work"), await store(run, "animatic", "work (animatic)")
    jobs = [await make_job(run, ["a"]), await make_job(run, ["b"], provider="animatic")]
    for job_id in jobs:
        await until_status(run, job_id, "completed")
    async with run.db.statement() as session:
        before = await read_costs(session, LOCAL_OWNER, By.KEY)
    await reconcile_keys(run)
    await reconcile_keys(run)
    (key,) = await keys(run)
    assert (key.id, key.name, sorted(key.providers)) == (first, "work", ["animatic", "echo"])
    assert [row.credential_id for job in jobs for row in await ledger(run, job)] == [first, first]
    async with run.db.statement() as session:
        after = await read_costs(session, LOCAL_OWNER, By.KEY)
        secret = await session.scalar(text("SELECT secret FROM credentials WHERE id = :id"), {"id": second})
    assert secret == "", "what has gone keeps no secret"
    assert (after.settled, after.open) == (before.settled, before.open)
    assert [row.key for row in after.rows] == [str(first)]


@pytest.mark.parametrize(
    "more",
    [
        {"secret": "another-key-0009"},
        {"state": "disabled"},
        {"concurrency": 3},
        {"fields": {"base_url": "https://b.example.com"}},
    ],
)
async def test_keys_that_differ_stay_two(run: Runtime, pair: Pair, more: dict[str, Any]):
    await store(run, "echo", "one", fields={"base_url": "https://a.example.com"} if "fields" in more else {})
    await store(run, "animatic", "two", **more)
    await reconcile_keys(run)
    assert [key.name for key in await keys(run)] == ["one", "two"]
    if "secret" not in more:
        assert [key.providers for key in await keys(run)] == [["echo"], ["animatic"]], "each as it was"


async def test_a_key_that_could_never_work_joins_the_one_that_does(run: Runtime, pair: Pair):
    dead = await store(run, "echo", "old", SCROLL, state="invalid")
    good = await store(run, "animatic", "new", SCROLL)
    await reconcile_keys(run)
    (key,) = await keys(run)
    assert (key.id, key.providers, key.state) == (good, ["animatic"], CredentialState.READY)
    assert dead != good


async def test_an_upgrade_lets_a_key_serve_the_providers_that_have_come(run: Runtime, pair: Pair):
    await store(run, "echo", "work")
    sealed_elsewhere = await store(run, "echo", "lost", secret="lost-key-0007")
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE credentials SET secret = 'sealed elsewhere' WHERE id = :id"),
            {"id": sealed_elsewhere},
        )
    await reconcile_keys(run)
    lost, work = await keys(run)
    assert (sorted(work.providers), lost.providers) == (["animatic", "echo"], ["echo"])


async def test_what_the_secrets_are_sealed_with_cannot_be_read_and_a_process_starts_all_the_same(
    run: Runtime, pair: Pair, caplog: pytest.LogCaptureFixture
):
    await store(run, "echo", "work")
    run.vault.file.unlink()
    run.vault.file.mkdir()
    await reconcile_keys(run)
    assert [key.providers for key in await keys(run)] == [["echo"]]
    assert "cannot be opened" in caplog.text


async def test_variables_of_the_service_and_of_a_provider_are_one_key_when_they_say_the_same(
    run: Runtime, pair: Pair, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PAIR_TOKEN", KEY)
    monkeypatch.setenv("RUSHES_ANIMATIC_API_KEY", KEY)
    await take_in_environment(run)
    await take_in_environment(run)
    (key,) = await keys(run)
    assert sorted(key.providers) == ["animatic", "echo"]
    monkeypatch.setenv("RUSHES_ANIMATIC_API_KEY", SCROLL)
    await take_in_environment(run)
    assert [(each.name, each.provider) for each in await keys(run)] == [
        ("from the environment", "animatic"),
        ("from the environment (echo)", "echo"),
    ]


async def test_a_variable_of_the_service_whose_key_one_provider_cannot_use_is_taken_in_for_the_other(
    run: Runtime, pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("RUSHES_PAIR_API_KEY", SCROLL)
    await take_in_environment(run)
    assert [key.providers for key in await keys(run)] == [["animatic"]]
    assert "left out" not in caplog.text
