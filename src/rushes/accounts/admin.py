"""What admins do with people: let in, disable, make admins, help with a lost password, delete.

There is always an active admin: each change that could take the last one looks under one lock.
"""

from typing import Literal
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from rushes.accounts.audit import write_audit
from rushes.accounts.links import LinkKind, make_link
from rushes.accounts.names import LONGEST_ADDRESS, mail_address, person_name
from rushes.accounts.passwords import check_password, hash_password
from rushes.accounts.sessions import end_sessions
from rushes.accounts.users import set_password
from rushes.accounts.views import LinkCreated, UserStatus, UserView
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, NotFound
from rushes.platform.db.engine import Executor
from rushes.platform.requests import RequestModel

_USERS = "SELECT id, name, email, status, is_admin, created_at, last_login_at FROM users"
_ADMINS_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('admins', 0))")


class UserChange(RequestModel):
    """What to change about a person; what is left out stays."""

    status: Literal["active", "disabled"] | None = Field(
        default=None, description="`active` also lets in who waits; `disabled` ends all sessions at once."
    )
    is_admin: bool | None = Field(default=None, description="Whether they look after the installation.")


class UserInvite(RequestModel):
    """Who is invited to make an account."""

    email: str | None = Field(
        default=None, max_length=LONGEST_ADDRESS, description="The only address it is for."
    )


async def list_users(session: Executor) -> list[UserView]:
    """Return all people, those that wait first, then by name."""
    rows = await session.execute(text(f"{_USERS} ORDER BY status = 'pending' DESC, lower(name), id"))
    return [UserView.model_validate(row, from_attributes=True) for row in rows]


async def find_user(session: Executor, given: str) -> UUID:
    """Return the id of a person by address. Raises `NotFound`."""
    found = await session.scalar(
        text("SELECT id FROM users WHERE lower(email) = :email"), {"email": given.strip().lower()}
    )
    if found is None:
        raise NotFound(f"There is nobody with the address {given!r}.")
    return found


async def add_user(run: Runtime, email: str, name: str, password: str, *, is_admin: bool = False) -> UUID:
    """Make an account (command line). Raises `Invalid`, or `Conflict` for an address that is used."""
    address, name = mail_address(email), person_name(name)
    check_password(password, address, name)
    hashed, user_id = await hash_password(password), uuid4()
    try:
        async with run.db.begin() as session:
            await session.execute(
                text(
                    "INSERT INTO users (id, name, email, password_hash, is_admin)"
                    " VALUES (:id, :name, :email, :hash, :admin)"
                ),
                {"id": user_id, "name": name, "email": address, "hash": hashed, "admin": is_admin},
            )
            await write_audit(session, "user.added", target=user_id, admin=is_admin)
    except IntegrityError:
        raise Conflict("This address has an account already.") from None
    return user_id


async def change_user(run: Runtime, by: UUID | None, user: UUID, change: UserChange) -> UserView:
    """Let in, disable, make an admin or no longer one. Raises `NotFound`; `Conflict` for the last admin."""
    async with run.db.begin() as session:
        row = await _locked_user(session, user)
        if row.status == UserStatus.LOCAL:
            raise Conflict("This installation has no admin yet.", hint="Set it up first.")
        stays = change.is_admin is not False and change.status != "disabled"
        if row.is_admin and not stays:
            await _keep_an_admin(session, user)
        await session.execute(
            text(
                "UPDATE users SET status = COALESCE(:status, status),"
                " is_admin = COALESCE(CAST(:admin AS boolean), is_admin) WHERE id = :id"
            ),
            {"id": user, "status": change.status, "admin": change.is_admin},
        )
        if change.status == "disabled":
            await end_sessions(session, user)
        await write_audit(
            session, "user.changed", user=by, target=user, status=change.status, admin=change.is_admin
        )
        return await _user(session, user)


async def make_reset_link(run: Runtime, by: UUID | None, user: UUID) -> LinkCreated:
    """Make a link with which a person sets another password, once. Raises `NotFound`."""
    async with run.db.begin() as session:
        await _user(session, user)
        link = await make_link(run, session, LinkKind.RESET, by=by, user=user)
        await write_audit(session, "password.reset_link", user=by, target=user)
        return link


async def invite_user(run: Runtime, by: UUID | None, invite: UserInvite) -> LinkCreated:
    """Make a link with which somebody makes an account."""
    address = None if invite.email is None else mail_address(invite.email)
    async with run.db.begin() as session:
        link = await make_link(run, session, LinkKind.INVITE, by=by, email=address)
        await write_audit(session, "user.invited", user=by, target=link.id)
        return link


async def give_password(run: Runtime, user: UUID, password: str) -> None:
    """Set a person's password (command line). All their sessions end."""
    check_password(password)
    hashed = await hash_password(password)
    async with run.db.begin() as session:
        await set_password(session, user, hashed)
        await write_audit(session, "password.reset", target=user)


async def delete_user(run: Runtime, by: UUID, user: UUID, heir: UUID) -> None:
    """Delete a person; what is in their personal space is from now on a shared space of `heir`.

    Shared spaces that they alone managed get `heir` as a manager. Raises `NotFound`, or `Conflict` for the
    last admin and for oneself.
    """
    if user in (by, heir):
        raise Conflict("Nobody deletes their own account, or inherits from themselves.")
    async with run.db.begin() as session:
        row = await _locked_user(session, user)
        if row.is_admin:
            await _keep_an_admin(session, user)
        if (await _locked_user(session, heir)).status != UserStatus.ACTIVE:
            raise Conflict("Who is to have the work must have an active account.")
        given = await session.execute(
            text(
                "INSERT INTO memberships (space_id, user_id, role)"
                " SELECT m.space_id, :heir, 'manager' FROM memberships m WHERE m.user_id = :user"
                " AND m.role = 'manager' AND NOT EXISTS (SELECT FROM memberships o WHERE"
                " o.space_id = m.space_id AND o.user_id <> :user AND o.role = 'manager')"
                " ON CONFLICT (space_id, user_id) DO UPDATE SET role = 'manager' RETURNING space_id"
            ),
            {"user": user, "heir": heir},
        )
        spaces = len(given.all())
        await session.execute(text("UPDATE spaces SET kind = 'shared' WHERE id = :user"), {"user": user})
        await session.execute(text("DELETE FROM users WHERE id = :user"), {"user": user})
        await write_audit(session, "user.deleted", user=by, target=user, heir=str(heir), spaces=spaces)


async def _user(session: Executor, user: UUID) -> UserView:
    row = (await session.execute(text(f"{_USERS} WHERE id = :id"), {"id": user})).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return UserView.model_validate(row, from_attributes=True)


async def _locked_user(session: Executor, user: UUID) -> Row[tuple[UUID, str, bool]]:
    await session.execute(_ADMINS_LOCK)
    row = (
        await session.execute(
            text("SELECT id, status, is_admin FROM users WHERE id = :id FOR UPDATE"), {"id": user}
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return row


async def _keep_an_admin(session: Executor, user: UUID) -> None:
    others = await session.scalar(
        text("SELECT count(*) FROM users WHERE is_admin AND status = 'active' AND id <> :id"), {"id": user}
    )
    if not others:
        raise Conflict("This is the last admin.", hint="Make somebody else an admin first.")
