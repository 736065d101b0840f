"""`rushes users …`: people of this installation, as its operator; works without mail and without an admin."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from rushes.accounts import admin
from rushes.accounts.admin import UserChange
from rushes.accounts.setup import make_setup_code
from rushes.accounts.users import make_first_admin, setup_open
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, stdout, table, when
from rushes.cli._session import with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid

LONGEST_LINE = 1024
EmailArg = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's mail address.")]


def list_(json: JsonOption = False) -> None:
    """List the people of this installation.

    [bold]Example[/bold]
    $ rushes users list
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = [each for each in await admin.list_users(session) if each.email]
        if json:
            print_json(found)
        elif not found:
            print_note("There is nobody yet: rushes users add EMAIL --admin")
        else:
            rows = table("address", "name", "", "", "last sign-in")
            for each in found:
                rows.add_row(
                    Text(each.email or ""),
                    Text(each.name),
                    "admin" if each.is_admin else "",
                    "" if each.status == "active" else str(each.status),
                    when(each.last_login_at),
                )
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def add(
    email: EmailArg,
    name: Annotated[
        str | None, typer.Option(help="What others call the person. Left out: the address's first part.")
    ] = None,
    is_admin: Annotated[bool, typer.Option("--admin", help="Make them an admin.")] = False,
) -> None:
    """Make an account; the password is read from standard input.

    The first admin gets all that was made before there were accounts.

    [bold]Example[/bold]
    $ rushes users add ada@example.org --admin < password.txt
    """

    async def command(run: Runtime) -> int:
        called = name or email.partition("@")[0]
        async with run.db.statement() as session:
            first = await setup_open(session)
        if first and not is_admin:
            raise Invalid("The first person has to be an admin.", [Fault("--admin", "Add it.", "no_admin")])
        password = _password()
        if first:
            await make_first_admin(run, email, called, password, None)
        else:
            await admin.add_user(run, email, called, password, is_admin=is_admin)
        print_result(f"{email} can sign in now.")
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def disable(email: EmailArg) -> None:
    """Disable an account: every session and token of it ends at once. What was made stays.

    [bold]Example[/bold]
    $ rushes users disable bob@example.org
    """
    _change(email, UserChange(status="disabled"), "cannot sign in any more")


def enable(email: EmailArg) -> None:
    """Let somebody in who waits or was disabled.

    [bold]Example[/bold]
    $ rushes users enable bob@example.org
    """
    _change(email, UserChange(status="active"), "can sign in now")


def make_admin(email: EmailArg) -> None:
    """Make somebody an admin of this installation.

    [bold]Example[/bold]
    $ rushes users make-admin bob@example.org
    """
    _change(email, UserChange(is_admin=True), "is an admin now")


def reset_password(
    email: EmailArg,
    link: Annotated[bool, typer.Option("--link", help="Print a link that works once, for a day.")] = False,
) -> None:
    """Set another password, read from standard input, or print a link for it. All sessions end.

    [bold]Examples[/bold]
    $ rushes users reset-password bob@example.org < password.txt
    $ rushes users reset-password bob@example.org --link
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            user = await admin.find_user(session, email)
        if link:
            print_result((await admin.make_reset_link(run, None, user)).url)
        else:
            await admin.give_password(run, user, _password())
            print_result(f"{email} has another password now.")
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def setup_code() -> None:
    """Print a link with which the first admin is made. It holds for a day.

    [bold]Example[/bold]
    $ rushes users setup-code
    """

    async def command(run: Runtime) -> int:
        print_result((await make_setup_code(run)).url)
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def _change(email: str, change: UserChange, told: str) -> None:
    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            user = await admin.find_user(session, email)
        await admin.change_user(run, None, user, change)
        print_result(f"{email} {told}.")
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def _password() -> str:
    """Return a password: typed unseen, or the first line that is piped; never an argument."""
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
