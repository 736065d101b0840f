"""The first admin: by the environment, or by a code that the log shows. Never by who comes first."""

import asyncio
import logging

from rushes.accounts.links import LinkKind, make_link
from rushes.accounts.users import make_first_admin, setup_open
from rushes.accounts.views import LinkCreated
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, ErrorType, SystemFault

log = logging.getLogger(__name__)


async def prepare_first_admin(run: Runtime) -> None:
    """While there is no admin: make the one that the settings name, or show a code in the log.

    Raises `SystemFault` for a file that cannot be read, `Invalid` for a password that cannot be used.
    """
    async with run.db.statement() as session:
        if not await setup_open(session):
            return
    password = await _password(run)
    if run.settings.admin_email and password:
        try:
            await make_first_admin(
                run, run.settings.admin_email, run.settings.admin_email.partition("@")[0], password, None
            )
        except Conflict:  # another server was first
            return
        log.info("the first admin is made: %s", run.settings.admin_email)
        return
    link = await make_setup_code(run)
    log.warning(
        "there is no admin yet. Open %s (or enter this code at /setup: %s). It holds for a day.",
        link.url,
        link.secret,
    )


async def make_setup_code(run: Runtime) -> LinkCreated:
    """Make a code for the set-up. Raises `Conflict` when there was an admin already."""
    async with run.db.begin() as session:
        if not await setup_open(session):
            raise Conflict("This installation has been set up already.", hint="Sign in.")
        return await make_link(run, session, LinkKind.SETUP, by=None)


async def _password(run: Runtime) -> str | None:
    if run.settings.admin_password is not None:
        return run.settings.admin_password.get_secret_value()
    file = run.settings.admin_password_file
    if file is None:
        return None
    try:
        return (await asyncio.to_thread(file.read_text, encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemFault(
            f"The file with the admin's password, {file}, cannot be read.",
            error_type=ErrorType.STORAGE,
            hint="Check RUSHES_ADMIN_PASSWORD_FILE.",
        ) from error
