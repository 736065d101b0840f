"""`rushes login`, `logout` and `whoami`: which server the commands work against, and as whom."""

import socket
import sys
from typing import Annotated

import typer
from rich.text import Text

from rushes.accounts.roles import TokenScope
from rushes.accounts.tokens import DAYS, MOST_DAYS, ApiTokenCreated
from rushes.accounts.views import Me
from rushes.cli._exit import Code, exit_with
from rushes.cli._login import Login, delete_login, read_login, save_login
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, stdout, table
from rushes.cli._person import ask_line, ask_secret, session_of, space_named
from rushes.cli._remote import RemoteServer, clean_url, in_the_clear
from rushes.cli._session import is_interactive, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, RushesError, SignInNeeded

SCOPES = (TokenScope.READ, TokenScope.REVIEW, TokenScope.RUN)
"""What the token of a login may be used for, unless others are named: making videos, but no keys."""


class WhoAmI(Me):
    """What `rushes whoami --json` prints."""

    server: str


def login(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The server, such as https://studio.example.org.")
    ],
    email: Annotated[
        str | None,
        typer.Option(
            metavar="EMAIL",
            help="Sign in by password, and make a token. The password is asked for, or read from stdin.",
            show_default=False,
        ),
    ] = None,
    scope: Annotated[
        list[TokenScope] | None,
        typer.Option(help="What that token may be used for. Several times.", show_default="read review run"),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(metavar="SPACE", help="The space it works in. Left out: your own.", show_default=False),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Days until it expires.")] = DAYS,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Also over plain http, where others on the way can read it.")
    ] = False,
) -> None:
    """Sign in to a server: from then on commands work there.

    Asks for a token, or for address and password and makes one. The token is
    kept in a file that only you can read, and `rushes logout` ends it.

    [bold]Examples[/bold]
    $ rushes login https://studio.example.org
    $ rushes login studio.example.org --email ada@example.org --space Film
    $ rushes login http://localhost:8001 < token.txt
    """
    where = clean_url(url)
    if in_the_clear(where) and not insecure:
        raise Invalid(
            "This address is not encrypted: others on the way could read your token.",
            [Fault("URL", "Use https, or pass --insecure in a network you trust.", "not_encrypted")],
        )
    methods = RemoteServer(where).ask("GET", "/api/auth/methods")
    if not isinstance(methods, dict) or "accounts" not in methods:
        raise Invalid(f"{where} is no Rushes server.")
    kept = _open_to_all(where) if not methods["accounts"] else None
    if kept is None:
        kept = (
            _by_password(where, email, scope or SCOPES, space, days)
            if email
            else _by_asking(where, scope or SCOPES, space, days)
        )
    me = _me(kept)
    file = save_login(kept)
    print_result(f"Signed in to {where}{f' as {me.email}' if me.email else ''}. Commands work there now.")
    print_note(f"Kept in {file}. `rushes logout` ends it; `rushes --local …` works on this machine.")
    exit_with(Code.DONE)


def _open_to_all(where: str) -> Login:
    print_note("This server has no accounts, so no token is needed.", "yellow")
    return Login(where, "")


def _by_asking(
    where: str, scopes: tuple[TokenScope, ...] | list[TokenScope], space: str | None, days: int
) -> Login:
    """Return the login of a token that is typed or piped, or of an address with its password."""
    if not is_interactive():
        return Login(where, ask_secret("Token"))
    given = ask_secret("Token (empty: sign in with address and password)")
    return (
        Login(where, given) if given else _by_password(where, ask_line("Mail address"), scopes, space, days)
    )


def _by_password(
    where: str, email: str, scopes: tuple[TokenScope, ...] | list[TokenScope], space: str | None, days: int
) -> Login:
    with session_of(where, email) as server:
        body = {
            "name": f"rushes on {socket.gethostname()}"[:100],
            "scopes": [str(each) for each in scopes],
            "days": days,
            "space_id": space and str(space_named(server, space)),
        }
        made: ApiTokenCreated = server.ask("POST", "/api/me/tokens", ApiTokenCreated, json=body)
    return Login(where, made.token, email, str(made.id))


def _me(kept: Login) -> Me:
    me: Me = RemoteServer.of(kept).ask("GET", "/api/auth/me", Me)
    return me


def logout() -> None:
    """Sign out: the token ends, and commands work on this machine again.

    [bold]Example[/bold]
    $ rushes logout
    """
    kept = read_login()
    if kept is None:
        print_note("You are not signed in to a server.")
        exit_with(Code.DONE)
    try:
        if kept.token:
            RemoteServer.of(kept).ask("DELETE", "/api/me/token")
        print_result(f"Signed out of {kept.url}.")
    except SignInNeeded:
        print_result(f"Signed out of {kept.url}; the token had ended already.")
    except RushesError as error:
        print_result(f"Signed out of {kept.url}.")
        print_note(f"The token could not be ended there: {error.message} Revoke it on the page.", "yellow")
    finally:
        delete_login()
    exit_with(Code.DONE)


def whoami(json: JsonOption = False) -> None:
    """Say which server commands work against, as whom, and what you may do.

    [bold]Examples[/bold]
    $ rushes whoami
    $ rushes whoami --json
    """

    async def command(run: Runtime) -> int:
        if json:
            sys.stdout.write('{"server": null}\n')
        else:
            print_result(f"This machine ({run.settings.data_dir}), as its operator.")
        return Code.DONE

    def remote(server: RemoteServer) -> int:
        me: Me = server.ask("GET", "/api/auth/me", Me)
        if json:
            print_json(WhoAmI(server=server.url, **me.model_dump()))
            return Code.DONE
        rows = table("", "")
        rows.show_header = False
        space = next((each for each in me.spaces if each.id == me.space_id), None)
        for name, value in (
            ("server", server.url),
            ("you", " ".join(filter(None, (me.name, me.email))) if me.accounts else "nobody: no accounts"),
            ("space", f"{space.name} ({space.kind}), as {space.role}" if space else ""),
            ("token", ", ".join(map(str, me.scopes)) if me.scopes is not None else ""),
            ("admin", "yes" if me.is_admin and me.accounts else ""),
        ):
            if value:
                rows.add_row(Text(name, "dim"), Text(value))
        stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command, remote))
