"""People: come in, sign in, change their password; the first admin of an installation."""

import logging
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from rushes.accounts.audit import Origin, write_audit
from rushes.accounts.links import LinkKind, use_link
from rushes.accounts.names import LONGEST_ADDRESS, mail_address, person_name
from rushes.accounts.passwords import LONGEST, check_password, hash_password, outdated, password_matches
from rushes.accounts.principal import Principal
from rushes.accounts.sessions import begin_session, end_sessions
from rushes.accounts.throttle import attempt_succeeded, begin_attempt
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, Forbidden, SignInNeeded
from rushes.platform.db.engine import Executor
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.requests import RequestModel

log = logging.getLogger(__name__)

_SETUP_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('first admin', 0))")
_OPEN = "SELECT EXISTS (SELECT FROM users WHERE id = :id AND status = 'local')"


class SignInBody(RequestModel):
    """The body of a sign-in."""

    email: str = Field(max_length=LONGEST_ADDRESS, description="The mail address.")
    password: str = Field(max_length=LONGEST, description="The password.")


class Registration(RequestModel):
    """The body of a registration."""

    email: str = Field(max_length=LONGEST_ADDRESS, description="The mail address.")
    name: str = Field(max_length=400, description="What others call the person.")
    password: str = Field(max_length=LONGEST, description="10 to 256 characters; none that is tried first.")
    invite: str | None = Field(default=None, max_length=128, description="The secret of an invitation.")


class FirstAdmin(RequestModel):
    """The body of the set-up."""

    code: str = Field(max_length=128, description="The code that the server's log shows.")
    email: str = Field(max_length=LONGEST_ADDRESS, description="The mail address.")
    name: str = Field(max_length=400, description="What others call the person.")
    password: str = Field(max_length=LONGEST, description="10 to 256 characters; none that is tried first.")


async def setup_open(session: Executor) -> bool:
    """Return whether there was never an admin: later a want of admins opens nothing."""
    return bool(await session.scalar(text(_OPEN), {"id": LOCAL_OWNER}))


async def make_first_admin(run: Runtime, email: str, name: str, password: str, code: str | None) -> UUID:
    """Make the installation's user of so far its first admin: all there is stays where it is.

    `code`: what the log shows; None only for who has the installation itself (command line, environment).
    Raises `Forbidden` for a wrong code, `Conflict` when there was an admin already.
    """
    address, name = mail_address(email), person_name(name)
    check_password(password, address, name)
    hashed = await hash_password(password)
    async with run.db.begin() as session:
        await session.execute(_SETUP_LOCK)
        if not await setup_open(session):
            raise Conflict("This installation has been set up already.", hint="Sign in.")
        if code is not None and await use_link(session, LinkKind.SETUP, code) is None:
            raise Forbidden("This is not the code.", hint="The log of the server shows it.")
        await session.execute(
            text(
                "UPDATE users SET name = :name, email = :email, password_hash = :hash, status = 'active',"
                " is_admin = true, email_verified_at = now() WHERE id = :id"
            ),
            {"id": LOCAL_OWNER, "name": name, "email": address, "hash": hashed},
        )
        await session.execute(
            text("UPDATE spaces SET name = :name WHERE id = :id"), {"id": LOCAL_OWNER, "name": name}
        )
        await session.execute(text("DELETE FROM one_time WHERE kind = 'setup'"))
        await write_audit(session, "installation.set_up", user=LOCAL_OWNER)
    return LOCAL_OWNER


async def set_up(run: Runtime, wanted: FirstAdmin, origin: Origin) -> None:
    """Make the first admin by the code of the log; attempts are slowed as those of a sign-in."""
    await begin_attempt(run, "setup", origin.ip)
    await make_first_admin(run, wanted.email, wanted.name, wanted.password, wanted.code)
    await attempt_succeeded(run, "setup", origin.ip)


async def sign_in(run: Runtime, wanted: SignInBody, origin: Origin) -> str:
    """Begin a session, always a new one. Returns its secret.

    Raises `SignInNeeded`, in the same words and after the same time for an address that is not known, and
    `TooManyRequests`. Only who has given the right password hears that the account waits or is disabled.
    """
    address = wanted.email.strip().lower()
    await begin_attempt(run, address, origin.ip)
    async with run.db.statement() as session:
        row = (
            await session.execute(
                text("SELECT id, password_hash, status FROM users WHERE lower(email) = :email"),
                {"email": address},
            )
        ).one_or_none()
    right = await password_matches(None if row is None else row.password_hash, wanted.password)
    if row is None or not right:
        async with run.db.begin() as session:
            await write_audit(session, "sign_in.failed", user=None if row is None else row.id, ip=origin.ip)
        raise SignInNeeded("The address or the password is wrong.")
    if row.status != "active":
        async with run.db.begin() as session:
            await write_audit(session, "sign_in.refused", user=row.id, ip=origin.ip, status=row.status)
        waits = row.status == "pending"
        raise Forbidden(
            "An admin has not let this account in yet." if waits else "This account is disabled.",
            hint="Ask an admin of this installation.",
        )
    again = await hash_password(wanted.password) if outdated(row.password_hash) else None
    async with run.db.begin() as session:
        changed = await session.scalar(
            text(
                "UPDATE users SET last_login_at = now(), password_hash = COALESCE(:again, password_hash)"
                " WHERE id = :id AND status = 'active' AND password_hash = :hash RETURNING id"
            ),
            {"id": row.id, "again": again, "hash": row.password_hash},
        )
        if changed is None:  # disabled, or another password, since it was read
            raise SignInNeeded("The address or the password is wrong.")
        secret = await begin_session(session, row.id, origin)
        await write_audit(session, "sign_in", user=row.id, ip=origin.ip)
    await attempt_succeeded(run, address, origin.ip)
    return secret


async def register(run: Runtime, wanted: Registration, origin: Origin) -> None:
    """Make an account, if that is possible: by invitation, or as the settings permit.

    Nothing tells whether the address had one already. Raises `Forbidden` where nobody may come in.
    """
    address, name = mail_address(wanted.email), person_name(wanted.name)
    check_password(wanted.password, address, name)
    await begin_attempt(run, "register", origin.ip)
    mode = run.settings.registration
    if wanted.invite is None and mode == "closed":
        raise Forbidden("One comes in here by invitation only.", hint="Ask an admin for a link.")
    hashed = await hash_password(wanted.password)
    user_id = uuid4()
    try:
        async with run.db.begin() as session:
            if await setup_open(session):
                raise Forbidden("This installation has no admin yet.")
            invite = None
            if wanted.invite is not None:
                invite = await use_link(session, LinkKind.INVITE, wanted.invite)
                if invite is None or (invite.email is not None and invite.email != address):
                    raise Forbidden(
                        "This invitation cannot be used (any more), or is for another address.",
                        hint="Ask for another one.",
                    )
                if mode == "closed" and not invite.by_admin:
                    raise Forbidden(
                        "This invitation is for people who have an account.",
                        hint="Ask an admin of this installation for an account.",
                    )
            comes_in = mode == "open" or (invite is not None and invite.by_admin)
            await session.execute(
                text(
                    "INSERT INTO users (id, name, email, password_hash, status)"
                    " VALUES (:id, :name, :email, :hash, :status)"
                ),
                {
                    "id": user_id,
                    "name": name,
                    "email": address,
                    "hash": hashed,
                    "status": "active" if comes_in else "pending",
                },
            )
            if invite is not None and invite.space_id is not None:
                await session.execute(
                    text(
                        "INSERT INTO memberships (space_id, user_id, role) VALUES (:space, :user, :role)"
                        " ON CONFLICT DO NOTHING"
                    ),
                    {"space": invite.space_id, "user": user_id, "role": invite.role},
                )
            await write_audit(
                session, "user.registered", user=user_id, ip=origin.ip, invited=invite is not None
            )
    except IntegrityError:
        # The address has an account. Whoever asks must not hear that; its owner can sign in.
        log.info("a registration for an address that has an account was ignored")
        if wanted.invite is not None:
            raise Forbidden(
                "This invitation cannot be used with this address.",
                hint="If you have an account, sign in and open the invitation again.",
            ) from None
    if wanted.invite is not None:
        await attempt_succeeded(run, "register", origin.ip)


async def prove(run: Runtime, asked: Principal, password: str, origin: Origin) -> None:
    """Look whether who asks knows their password, slowed as a sign-in, and remember when."""
    await begin_attempt(run, str(asked.user_id), origin.ip)
    async with run.db.statement() as session:
        stored = await session.scalar(
            text("SELECT password_hash FROM users WHERE id = :id"), {"id": asked.user_id}
        )
    if not await password_matches(stored, password):
        raise Forbidden("The password is wrong.")
    await attempt_succeeded(run, str(asked.user_id), origin.ip)
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE sessions SET proved_at = now() WHERE id = :id"), {"id": asked.session_id}
        )


async def change_password(run: Runtime, asked: Principal, old: str, new: str, origin: Origin) -> str:
    """Set another password; every session ends, and a new one begins. Returns its secret."""
    check_password(new, asked.email or "", asked.name)
    await prove(run, asked, old, origin)
    hashed = await hash_password(new)
    async with run.db.begin() as session:
        await set_password(session, asked.user_id, hashed)
        await write_audit(session, "password.changed", user=asked.user_id, ip=origin.ip)
        return await begin_session(session, asked.user_id, origin)


async def rename(run: Runtime, asked: Principal, given: str) -> None:
    """Call oneself otherwise."""
    name = person_name(given)
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE users SET name = :name WHERE id = :id"), {"id": asked.user_id, "name": name}
        )


async def set_password(session: Executor, user: UUID, hashed: str) -> None:
    """Store a password's hash; all sessions end, and links for a new password lose their effect."""
    await session.execute(
        text("UPDATE users SET password_hash = :hash WHERE id = :id"), {"id": user, "hash": hashed}
    )
    await session.execute(text("DELETE FROM one_time WHERE user_id = :id AND kind = 'reset'"), {"id": user})
    await end_sessions(session, user)


async def reset_password(run: Runtime, secret: str, new: str, origin: Origin) -> None:
    """Set a password by a link that an admin, or the command line, has made. All sessions end."""
    await begin_attempt(run, "reset", origin.ip)
    check_password(new)
    hashed = await hash_password(new)
    async with run.db.begin() as session:
        link = await use_link(session, LinkKind.RESET, secret)
        if link is None or link.user_id is None:
            raise Forbidden("This link cannot be used (any more).", hint="Ask an admin for another one.")
        await set_password(session, link.user_id, hashed)
        await write_audit(session, "password.reset", user=link.user_id, ip=origin.ip)
    await attempt_succeeded(run, "reset", origin.ip)
