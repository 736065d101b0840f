"""People for tests: an installation that is set up, others in it, their sessions."""

from uuid import UUID

from sqlalchemy import text

from rushes.accounts.admin import add_user
from rushes.accounts.audit import Origin
from rushes.accounts.principal import Principal, of_session
from rushes.accounts.users import SignInBody, make_first_admin, sign_in
from rushes.engine.runtime import Runtime
from rushes.platform.db.engine import Executor

PASSWORD = "correct horse battery staple"
ADMIN = "ada@example.org"
HERE = Origin("192.0.2.7", "a browser")


async def with_admin(run: Runtime) -> UUID:
    """Set the installation up."""
    return await make_first_admin(run, ADMIN, "Ada", PASSWORD, None)


async def person(run: Runtime, name: str, *, is_admin: bool = False) -> UUID:
    """Another one, with the address `<name>@example.org`."""
    return await add_user(run, f"{name}@example.org", name, PASSWORD, is_admin=is_admin)


async def signed_in(run: Runtime, name: str, origin: Origin = HERE) -> str:
    """Sign somebody in. Returns the session's secret."""
    return await sign_in(run, SignInBody(email=f"{name}@example.org", password=PASSWORD), origin)


async def principal(run: Runtime, secret: str, space: UUID | None = None) -> Principal:
    """Who asks with a session's secret."""
    found = await of_session(run, secret, space)
    assert found is not None
    return found


async def actions(session: Executor) -> list[str]:
    """What the audit has, in order."""
    return list((await session.execute(text("SELECT action FROM audit ORDER BY id"))).scalars())
