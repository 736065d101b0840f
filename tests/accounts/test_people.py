"""People come in, sign in, belong to spaces; the first admin; the last one."""

import asyncio
import statistics
import time
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.accounts.people import ADMIN, HERE, PASSWORD, actions, person, principal, signed_in, with_admin
from tests.jobs import make_job

from rushes.accounts.admin import (
    UserChange,
    UserInvite,
    change_user,
    delete_user,
    give_password,
    invite_user,
    list_users,
    make_reset_link,
)
from rushes.accounts.audit import Origin, read_audit, tidy_up_accounts
from rushes.accounts.links import LinkKind, make_link
from rushes.accounts.principal import of_session, of_token, still_may
from rushes.accounts.roles import Need, SpaceRole, TokenScope, missing
from rushes.accounts.spaces import (
    SpaceBody,
    SpaceInvite,
    accept_invite,
    change_role,
    create_space,
    invite_member,
    list_members,
    list_spaces,
    remove_member,
    rename_space,
    withdraw_invite,
)
from rushes.accounts.throttle import network_of
from rushes.accounts.tokens import NewToken, create_token, list_tokens, revoke_token
from rushes.accounts.users import (
    FirstAdmin,
    Registration,
    SignInBody,
    make_first_admin,
    register,
    reset_password,
    set_up,
    sign_in,
)
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Forbidden, Invalid, NotFound, RushesError, SignInNeeded, TooManyRequests
from rushes.platform.db.models import LOCAL_OWNER

ELSEWHERE = Origin("198.51.100.9")


def registration(name: str, invite: str | None = None) -> Registration:
    return Registration(email=f"{name}@example.org", name=name, password=PASSWORD, invite=invite)


async def setup_code(run: Runtime) -> str:
    async with run.db.begin() as session:
        return (await make_link(run, session, LinkKind.SETUP, by=None)).secret


async def test_the_first_admin_has_all_that_was_there(run: Runtime):
    job_id = await make_job(run, ["a"])
    admin = await with_admin(run)
    assert admin == LOCAL_OWNER
    ada = await principal(run, await signed_in(run, "ada"))
    assert (ada.space_id, ada.role, ada.is_admin) == (LOCAL_OWNER, SpaceRole.MANAGER, True)
    async with run.db.statement() as session:
        owner = await session.scalar(text("SELECT owner_id FROM jobs WHERE id = :id"), {"id": job_id})
    assert owner == ada.space_id


async def test_the_set_up_takes_the_code_and_happens_once(run: Runtime):
    code = await setup_code(run)
    wanted = FirstAdmin(code="a guess", email=ADMIN, name="Ada", password=PASSWORD)
    with pytest.raises(Forbidden):
        await set_up(run, wanted, HERE)
    again = [wanted.model_copy(update={"code": code, "email": f"a{n}@example.org"}) for n in range(5)]
    ended = await asyncio.gather(
        *(set_up(run, each, Origin(f"203.0.{n}.1")) for n, each in enumerate(again)), return_exceptions=True
    )
    assert [each for each in ended if each is None] == [None]
    assert all(isinstance(each, (Conflict, Forbidden)) for each in ended if each is not None)
    async with run.db.statement() as session:
        assert len(await list_users(session)) == 1
        assert await session.scalar(text("SELECT count(*) FROM one_time")) == 0
    with pytest.raises(Conflict):
        await make_first_admin(run, "eve@example.org", "Eve", PASSWORD, None)
    # No admin left, by whatever accident: nobody becomes one by coming first.
    async with run.db.begin() as session:
        await session.execute(text("UPDATE users SET is_admin = false"))
    with pytest.raises(Conflict):
        await make_first_admin(run, "eve@example.org", "Eve", PASSWORD, None)


async def test_nobody_comes_in_before_the_set_up_or_without_an_invitation(run: Runtime):
    with pytest.raises(SignInNeeded):
        await sign_in(run, SignInBody(email="local", password=PASSWORD), HERE)
    run.settings = run.settings.model_copy(update={"registration": "open"})
    with pytest.raises(Forbidden):
        await register(run, registration("eve"), HERE)
    await with_admin(run)
    run.settings = run.settings.model_copy(update={"registration": "closed"})
    for invite in (None, "a guess", "x" * 128):
        with pytest.raises(Forbidden):
            await register(run, registration("eve", invite), HERE)


async def test_registration_waits_for_an_admin_or_not_as_it_is_set(run: Runtime):
    admin = await with_admin(run)
    run.settings = run.settings.model_copy(update={"registration": "approve"})
    await register(run, registration("bob"), HERE)
    with pytest.raises(Forbidden, match="not let"):
        await signed_in(run, "bob")
    async with run.db.statement() as session:
        (bob, _) = await list_users(session)
    assert (bob.name, bob.status) == ("bob", "pending")
    await change_user(run, admin, bob.id, UserChange(status="active"))
    await signed_in(run, "bob")
    run.settings = run.settings.model_copy(update={"registration": "open"})
    await register(run, registration("cyd"), HERE)
    cyd = await principal(run, await signed_in(run, "cyd"))
    assert (cyd.role, cyd.is_admin, cyd.space_id) == (SpaceRole.MANAGER, False, cyd.user_id)
    await register(run, registration("ada"), HERE)  # the answer is the same, and nothing happens
    assert (await principal(run, await signed_in(run, "ada"))).user_id == admin


async def test_an_invitation_works_once_for_its_address_and_only_while_its_maker_may(run: Runtime):
    admin = await with_admin(run)
    other = await person(run, "other", is_admin=True)
    link = await invite_user(run, admin, UserInvite(email="Bob@example.org"))
    assert link.url.endswith(f"/invite#{link.secret}")
    with pytest.raises(Forbidden):
        await register(run, registration("eve", link.secret), HERE)
    await register(run, registration("bob", link.secret), HERE)
    await signed_in(run, "bob")
    with pytest.raises(Forbidden):
        await register(run, registration("bob2", link.secret), ELSEWHERE)
    link = await invite_user(run, other, UserInvite())
    await change_user(run, admin, other, UserChange(is_admin=False))
    with pytest.raises(Forbidden):
        await register(run, registration("eve", link.secret), ELSEWHERE)
    link = await invite_user(run, admin, UserInvite())
    async with run.db.begin() as session:
        await session.execute(text("UPDATE one_time SET expires_at = now()"))
    with pytest.raises(Forbidden):
        await register(run, registration("eve", link.secret), ELSEWHERE)


async def test_a_manager_lets_nobody_new_into_a_closed_installation(run: Runtime):
    await with_admin(run)
    await person(run, "bob")
    bob = await principal(run, await signed_in(run, "bob"))
    space = await create_space(run, bob, SpaceBody(name="Film"))
    link = await invite_member(run, bob, space.id, SpaceInvite())
    with pytest.raises(Forbidden, match="have an account"):
        await register(run, registration("eve", link.secret), HERE)
    ada = await principal(run, await signed_in(run, "ada"))
    spaces = await accept_invite(run, ada, link.secret, HERE)
    assert [(each.name, each.role) for each in spaces] == [
        ("Ada", SpaceRole.MANAGER),
        ("Film", SpaceRole.EDITOR),
    ]


async def test_members_of_a_space_and_its_last_manager(run: Runtime):
    await with_admin(run)
    await person(run, "bob")
    await person(run, "eve")
    ada, bob, eve = [await principal(run, await signed_in(run, each)) for each in ("ada", "bob", "eve")]
    space = (await create_space(run, ada, SpaceBody(name="  Film\u202e "))).id
    link = await invite_member(run, ada, space, SpaceInvite(role=SpaceRole.VIEWER, email="BOB@example.org"))
    with pytest.raises(Forbidden):
        await accept_invite(run, eve, link.secret, HERE)
    await accept_invite(run, bob, link.secret, HERE)
    for change in (
        rename_space(run, bob, space, SpaceBody(name="mine")),
        change_role(run, bob, space, bob.user_id, SpaceRole.MANAGER),
        remove_member(run, bob, space, ada.user_id),
        invite_member(run, bob, space, SpaceInvite()),
    ):
        with pytest.raises(Forbidden):
            await change
    for change in (
        rename_space(run, eve, space, SpaceBody(name="mine")),
        change_role(run, eve, space, eve.user_id, SpaceRole.MANAGER),
        remove_member(run, eve, space, eve.user_id),
        remove_member(run, eve, space, ada.user_id),
        invite_member(run, eve, space, SpaceInvite()),
        withdraw_invite(run, eve, space, uuid4()),
    ):
        with pytest.raises(NotFound):
            await change
    async with run.db.statement() as session:
        with pytest.raises(NotFound):
            await list_members(session, eve, space)
    for change in (
        change_role(run, ada, space, ada.user_id, SpaceRole.EDITOR),
        remove_member(run, ada, space, ada.user_id),
    ):
        with pytest.raises(Conflict):
            await change
    with pytest.raises(Conflict):
        await remove_member(run, ada, LOCAL_OWNER, LOCAL_OWNER)
    with pytest.raises(Conflict):
        await invite_member(run, ada, LOCAL_OWNER, SpaceInvite())
    await change_role(run, ada, space, bob.user_id, SpaceRole.MANAGER)
    await remove_member(run, ada, space, ada.user_id)
    async with run.db.statement() as session:
        assert [each.name for each in await list_members(session, bob, space)] == ["bob"]
        assert [each.id for each in await list_spaces(session, ada.user_id)] == [LOCAL_OWNER]


async def test_two_managers_who_leave_at_once_leave_one_behind(run: Runtime):
    await with_admin(run)
    await person(run, "bob")
    ada, bob = [await principal(run, await signed_in(run, each)) for each in ("ada", "bob")]
    space = (await create_space(run, ada, SpaceBody(name="Film"))).id
    link = await invite_member(run, ada, space, SpaceInvite(role=SpaceRole.MANAGER))
    await accept_invite(run, bob, link.secret, HERE)
    ended = await asyncio.gather(
        *(remove_member(run, each, space, each.user_id) for each in (ada, bob)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]


async def test_there_is_always_an_admin(run: Runtime):
    ada, bob = await with_admin(run), await person(run, "bob", is_admin=True)
    changes = [UserChange(is_admin=False), UserChange(status="disabled")]
    ended = await asyncio.gather(
        *(change_user(run, None, each, change) for each, change in zip((ada, bob), changes, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in ended) == 1
    left = ada if isinstance(ended[0], Conflict) else bob
    for change in changes:
        with pytest.raises(Conflict):
            await change_user(run, None, left, change)
    with pytest.raises(Conflict):
        await delete_user(run, uuid4(), left, ada if left == bob else bob)


async def test_the_work_of_a_deleted_person_goes_to_whom_it_is_given(run: Runtime):
    admin = await with_admin(run)
    bob = await person(run, "bob")
    asked = await principal(run, await signed_in(run, "bob"))
    space = (await create_space(run, asked, SpaceBody(name="Film"))).id
    token = (await create_token(run, bob, bob, NewToken(name="t", scopes=[TokenScope.READ]))).token
    job_id = await make_job(run, ["a"], owner=bob)
    with pytest.raises(Conflict):
        await delete_user(run, admin, admin, bob)
    await delete_user(run, admin, bob, admin)
    async with run.db.statement() as session:
        spaces = {each.id: (each.kind, each.role) for each in await list_spaces(session, admin)}
        owner = await session.scalar(text("SELECT owner_id FROM jobs WHERE id = :id"), {"id": job_id})
    assert spaces[bob] == spaces[space] == ("shared", SpaceRole.MANAGER)
    assert owner == bob
    assert await of_token(run, token) is None


async def test_a_token_is_bound_to_its_space_its_scopes_and_its_person(run: Runtime):
    admin = await with_admin(run)
    bob = await person(run, "bob")
    ada = await principal(run, await signed_in(run, "ada"))
    space = (await create_space(run, ada, SpaceBody(name="Film"))).id
    link = await invite_member(run, ada, space, SpaceInvite(role=SpaceRole.VIEWER))
    await accept_invite(run, await principal(run, await signed_in(run, "bob")), link.secret, HERE)
    with pytest.raises(NotFound):
        await create_token(run, bob, admin, NewToken(name="t", scopes=[TokenScope.READ]))
    made = await create_token(run, bob, space, NewToken(name="t", scopes=[TokenScope.RUN, TokenScope.READ]))
    asked = await of_token(run, made.token)
    assert asked is not None
    assert (asked.space_id, asked.role, asked.scopes) == (
        space,
        SpaceRole.VIEWER,
        {TokenScope.READ, TokenScope.RUN},
    )
    assert asked.missing(Need.READ) is None
    assert asked.missing(Need.RUN) == "the role editor in this space"
    assert asked.missing(Need.KEYS) == "a token with the scope keys"
    assert asked.missing(Need.PERSON) == "a person who is signed in, not a token"
    (listed,) = await list_tokens(run, bob)
    assert made.token.startswith(listed.prefix)
    assert not hasattr(listed, "token")
    with pytest.raises(NotFound):
        await revoke_token(run, admin, made.id)
    await remove_member(run, ada, space, bob)
    assert await of_token(run, made.token) is None
    assert not await still_may(run, asked, Need.READ)
    other = await create_token(run, bob, bob, NewToken(name="t", scopes=[TokenScope.READ]))
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE api_tokens SET expires_at = now() WHERE id = :id"), {"id": other.id}
        )
    assert await of_token(run, other.token) is None
    third = await create_token(run, bob, bob, NewToken(name="t", scopes=[TokenScope.READ], days=None))
    assert await of_token(run, third.token)
    await revoke_token(run, bob, third.id)
    assert await of_token(run, third.token) is None


def test_a_role_has_all_of_those_below_it_and_a_scope_adds_nothing():
    for need in Need:
        may = [missing(need, role=role, is_admin=False, scopes=None) is None for role in (None, *SpaceRole)]
        assert may == sorted(may), need
        for scope in TokenScope:
            for role in (None, *SpaceRole):
                if missing(need, role=role, is_admin=False, scopes={scope}) is None:
                    assert missing(need, role=role, is_admin=False, scopes=None) is None
    assert (
        missing(Need.ADMIN, role=SpaceRole.MANAGER, is_admin=False, scopes=None)
        == "an admin of this installation"
    )


async def test_a_link_for_a_new_password_works_once_and_ends_sessions(run: Runtime):
    admin = await with_admin(run)
    bob = await person(run, "bob")
    secret = await signed_in(run, "bob")
    first, second = [await make_reset_link(run, admin, bob) for _ in range(2)]
    with pytest.raises(Invalid):
        await reset_password(run, first.secret, "short", HERE)
    await reset_password(run, first.secret, "a new and good password", HERE)
    assert await of_session(run, secret, None) is None
    for used in (first.secret, second.secret):
        with pytest.raises(Forbidden):
            await reset_password(run, used, "a third and good password", HERE)
    await sign_in(run, SignInBody(email="bob@example.org", password="a new and good password"), HERE)
    await give_password(run, bob, PASSWORD)
    await signed_in(run, "bob")


async def attempts(run: Runtime, email: str, count: int, ip: str) -> list[type[RushesError] | None]:
    found: list[type[RushesError] | None] = []
    for _ in range(count):
        try:
            await sign_in(run, SignInBody(email=email, password="a wrong password"), Origin(ip))
            found.append(None)
        except RushesError as error:
            found.append(type(error))
    return found


async def test_failed_sign_ins_wait_and_lock_nobody_out(run: Runtime):
    await with_admin(run)
    tried = await attempts(run, ADMIN, 8, "203.0.113.5")
    assert tried == [SignInNeeded] * 6 + [TooManyRequests] * 2
    with pytest.raises(TooManyRequests) as refused:
        await sign_in(run, SignInBody(email=ADMIN, password=PASSWORD), Origin("203.0.113.200"))
    assert 0 < refused.value.after <= 1, "the same network"
    await sign_in(run, SignInBody(email=ADMIN, password=PASSWORD), HERE)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE rate_limits SET until = now()"))
    await sign_in(run, SignInBody(email=ADMIN, password=PASSWORD), Origin("203.0.113.5"))
    assert await attempts(run, ADMIN, 5, "203.0.113.5") == [SignInNeeded] * 5, "counted anew"


async def test_attempts_at_once_each_count(run: Runtime):
    await with_admin(run)
    ended = await asyncio.gather(*(attempts(run, ADMIN, 1, "203.0.113.5") for _ in range(30)))
    assert sum(each == [SignInNeeded] for each in ended) == 6


async def test_many_accounts_from_one_network_wait_too(run: Runtime):
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO rate_limits (key, failures, expires_at)"
                " VALUES ('network:203.0.113.0/24', 49, now() + interval '1 day')"
            )
        )
    ended = [(await attempts(run, f"a{n}@example.org", 1, f"203.0.113.{n}"))[0] for n in range(4)]
    assert ended == [SignInNeeded, SignInNeeded, TooManyRequests, TooManyRequests]


def test_an_address_counts_for_its_network():
    assert (
        network_of("192.0.2.7")
        == network_of("192.0.2.200")
        == network_of("::ffff:192.0.2.9")
        == "192.0.2.0/24"
    )
    assert network_of("2001:db8::1") == network_of("2001:db8::2:1") != network_of("2001:db8:0:1::1")
    assert network_of("nonsense") == network_of(None) == "unknown"


async def test_an_unknown_address_takes_as_long_as_a_known_one(run: Runtime):
    await with_admin(run)
    taken: dict[str, list[float]] = {ADMIN: [], "nobody@example.org": []}
    for turn in range(25):
        for email, times in taken.items():
            began = time.process_time()
            (ended,) = await attempts(run, email, 1, f"10.{turn}.0.1")
            times.append(time.process_time() - began)
            assert ended is SignInNeeded
    known, unknown = (statistics.median(each) for each in taken.values())
    assert 0.7 < unknown / known < 1.4


async def test_the_audit_tells_who_did_what_and_forgets_addresses(run: Runtime):
    await with_admin(run)
    await attempts(run, ADMIN, 1, "203.0.113.5")
    await signed_in(run, "ada")
    async with run.db.begin() as session:
        assert await actions(session) == ["installation.set_up", "sign_in.failed", "sign_in"]
        last, failed, _ = await read_audit(session, before=None, limit=10)
        assert (last.user, last.ip, failed.ip) == (ADMIN, "192.0.2.7", "203.0.113.5")
        assert [each.id for each in await read_audit(session, before=last.id, limit=1)] == [failed.id]
        await session.execute(
            text("UPDATE audit SET at = at - interval '91 days' WHERE id = :id"), {"id": failed.id}
        )
    await tidy_up_accounts(run)
    async with run.db.statement() as session:
        assert [each.action for each in await read_audit(session, before=None, limit=9)] == [
            "sign_in",
            "installation.set_up",
        ], "what was refused is forgotten altogether"
