"""Sessions: rotation, theft, the end of others, and what of them is kept."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.accounts.people import HERE, PASSWORD, actions, person, principal, signed_in, with_admin

from rushes.accounts.admin import UserChange, change_user
from rushes.accounts.audit import tidy_up_accounts
from rushes.accounts.principal import of_session, still_may
from rushes.accounts.roles import Need
from rushes.accounts.sessions import end_by_secret, end_session, list_sessions, refresh_session
from rushes.accounts.users import change_password
from rushes.engine.runtime import Runtime
from rushes.errors import Forbidden, NotFound, SignInNeeded


async def age(run: Runtime, statement: str) -> None:
    """Change times, as they pass."""
    async with run.db.begin() as session:
        await session.execute(text(statement))


async def test_fifty_refreshes_at_once_give_one_secret_and_keep_the_session(run: Runtime):
    await with_admin(run)
    first = await signed_in(run, "ada")
    given = await asyncio.gather(*(refresh_session(run, first) for _ in range(50)))
    (second,) = set(given)
    assert second != first
    assert await of_session(run, first, None), "a request that was under way"
    assert await of_session(run, second, None)
    assert await refresh_session(run, first) == second, "an answer that was lost"
    async with run.db.statement() as session:
        assert await session.scalar(text("SELECT count(*) FROM sessions")) == 1


@pytest.mark.parametrize("how", ["refreshed", "asked with"])
async def test_an_old_secret_that_is_used_again_ends_the_session_for_both(run: Runtime, how: str):
    await with_admin(run)
    stolen = await signed_in(run, "ada")
    other = await signed_in(run, "ada")
    mine = await refresh_session(run, await refresh_session(run, stolen))
    await age(run, "UPDATE session_tokens SET replaced_at = replaced_at - interval '61 seconds'")
    if how == "refreshed":
        with pytest.raises(SignInNeeded):
            await refresh_session(run, stolen)
    else:
        assert await of_session(run, stolen, None) is None
    assert await of_session(run, mine, None) is None
    assert await of_session(run, other, None), "another sign-in is another family"
    async with run.db.statement() as session:
        assert "session.stolen" in await actions(session)


async def test_sessions_end_when_idle_and_when_old(run: Runtime):
    await with_admin(run)
    for column, by in (("seen_at", "15 days"), ("expires_at", "91 days")):
        secret = await signed_in(run, "ada")
        assert await of_session(run, secret, None)
        await age(run, f"UPDATE sessions SET {column} = {column} - interval '{by}'")
        assert await of_session(run, secret, None) is None
        with pytest.raises(SignInNeeded):
            await refresh_session(run, secret)
    await tidy_up_accounts(run)
    async with run.db.statement() as session:
        assert await session.scalar(text("SELECT count(*) FROM sessions WHERE expires_at < now()")) == 0


async def test_a_person_sees_and_ends_their_own_sessions_and_no_others(run: Runtime):
    await with_admin(run)
    await person(run, "bob")
    mine, other, bobs = await signed_in(run, "ada"), await signed_in(run, "ada"), await signed_in(run, "bob")
    ada, bob = await principal(run, mine), await principal(run, bobs)
    listed = await list_sessions(run, ada)
    assert [each.current for each in listed].count(True) == 1
    assert {(each.ip, each.agent) for each in listed} == {("192.0.2.7", "a browser")}
    (second,) = [each for each in listed if not each.current]
    with pytest.raises(NotFound):
        await end_session(run, bob, second.id)
    await end_session(run, ada, second.id)
    assert await of_session(run, other, None) is None
    await end_by_secret(run, mine)
    assert await of_session(run, mine, None) is None
    assert await of_session(run, bobs, None)


async def test_another_password_ends_every_session_and_begins_a_new_one(run: Runtime):
    await with_admin(run)
    mine, other = await signed_in(run, "ada"), await signed_in(run, "ada")
    ada = await principal(run, mine)
    with pytest.raises(Forbidden):
        await change_password(run, ada, "not the password", "another good password", HERE)
    assert await of_session(run, other, None)
    new = await change_password(run, ada, PASSWORD, "another good password", HERE)
    assert [await of_session(run, each, None) is None for each in (mine, other, new)] == [True, True, False]


async def test_a_disabled_account_ends_at_once_in_streams_too(run: Runtime):
    admin = await with_admin(run)
    bob = await person(run, "bob")
    secret = await signed_in(run, "bob")
    asked = await principal(run, secret)
    assert await still_may(run, asked, Need.READ)
    await change_user(run, admin, bob, UserChange(status="disabled"))
    assert await of_session(run, secret, None) is None
    assert not await still_may(run, asked, Need.READ)
    with pytest.raises(Forbidden, match="disabled"):
        await signed_in(run, "bob")
    await change_user(run, admin, bob, UserChange(status="active"))
    assert await of_session(run, secret, None) is None, "it has ended"


async def test_only_hashes_are_in_the_database(run: Runtime):
    await with_admin(run)
    secret = await signed_in(run, "ada")
    following = await refresh_session(run, secret)
    async with run.db.statement() as session:
        names = await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for name in list(names.scalars()):
            rows = (await session.execute(text(f'SELECT to_jsonb(t)::text FROM "{name}" t'))).scalars().all()
            for row in rows:
                assert secret not in row
                assert following not in row
                assert PASSWORD not in row


async def test_what_is_no_secret_is_no_session(run: Runtime):
    for given in ("", "x", "x" * 5000, "\udc00", str(uuid4())):
        assert await of_session(run, given, None) is None
        with pytest.raises(SignInNeeded):
            await refresh_session(run, given)
