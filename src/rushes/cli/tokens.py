"""`rushes tokens …`: tokens for programs, of one's own at a server, or as operator of this installation."""

from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text

from rushes.accounts import admin, tokens
from rushes.accounts.roles import TokenScope
from rushes.accounts.tokens import DAYS, MOST_DAYS, ApiTokenCreated, ApiTokenView, NewToken
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._person import person_of, space_named
from rushes.cli._remote import RemoteServer, find_by_start
from rushes.cli._session import with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid

EmailOption = Annotated[
    str | None,
    typer.Option(
        metavar="EMAIL",
        help="Whose tokens. At a server: who signs in, if not who you are there.",
        show_default=False,
    ),
]


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    scope: Annotated[
        list[TokenScope], typer.Option(help="What it may be used for. May be given several times.")
    ],
    space: Annotated[
        str | None,
        typer.Option(metavar="SPACE", help="The space it is for. Left out: your own.", show_default=False),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Days until it expires.")] = DAYS,
    email: EmailOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token for a program. It is shown this once.

    No token makes tokens: at a server your password is asked for, or read
    from standard input.

    [bold]Examples[/bold]
    $ rushes tokens create "render farm" --scope read --scope run
    $ rushes tokens create ci --scope read --days 30 --email ada@example.org
    """

    async def command(run: Runtime) -> int:
        user = await _user(run, email)
        wanted = NewToken(name=name, scopes=scope, days=days)
        return _report(await tokens.create_token(run, user, UUID(space) if space else user, wanted), json)

    def remote(_: RemoteServer) -> int:
        with person_of(email) as server:
            body = {
                "name": name,
                "scopes": [str(each) for each in scope],
                "days": days,
                "space_id": space and str(space_named(server, space)),
            }
            return _report(server.ask("POST", "/api/me/tokens", ApiTokenCreated, json=body), json)

    exit_with(with_runtime(command, remote))


def _report(made: ApiTokenCreated, json: bool) -> int:
    if json:
        print_json(made)
    else:
        print_result(made.token)
        print_note(f"It is not shown again. Expires: {when(made.expires_at)}.")
    return Code.DONE


def list_(email: EmailOption = None, json: JsonOption = False) -> None:
    """List the tokens that are valid, without their secrets.

    [bold]Examples[/bold]
    $ rushes tokens list
    $ rushes tokens list --email ada@example.org --json
    """

    async def command(run: Runtime) -> int:
        return _print(await tokens.list_tokens(run, await _user(run, email)), json)

    def remote(_: RemoteServer) -> int:
        with person_of(email) as server:
            return _print(server.get("/api/me/tokens", list[ApiTokenView]), json)

    exit_with(with_runtime(command, remote))


def _print(found: list[ApiTokenView], json: bool) -> int:
    if json:
        print_json(found)
    elif not found:
        print_note("There is no token: rushes tokens create NAME --scope read")
    else:
        rows = table("token", "name", "begins", "scopes", "expires", "last used")
        for each in found:
            rows.add_row(
                short(each.id),
                Text(each.name),
                each.prefix,
                " ".join(each.scopes),
                when(each.expires_at) or "never",
                when(each.used_at),
            )
        stdout().print(rows)
    return Code.DONE


def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, the start of it, or its name.")],
    email: EmailOption = None,
) -> None:
    """Revoke a token: it fails from its next request on.

    [bold]Example[/bold]
    $ rushes tokens revoke "render farm"
    """

    async def command(run: Runtime) -> int:
        user = await _user(run, email)
        await tokens.revoke_token(run, user, _one(await tokens.list_tokens(run, user), token))
        return _revoked()

    def remote(_: RemoteServer) -> int:
        with person_of(email) as server:
            token_id = _one(server.get("/api/me/tokens", list[ApiTokenView]), token)
            server.ask("DELETE", f"/api/me/tokens/{token_id}")
        return _revoked()

    exit_with(with_runtime(command, remote))


def _one(known: list[ApiTokenView], given: str) -> UUID:
    named = ((each.id, each.name) for each in known)
    return find_by_start(given, named, "token", "`rushes tokens list` lists them.")


def _revoked() -> int:
    print_result("Revoked: it fails from its next request on.")
    return Code.DONE


async def _user(run: Runtime, email: str | None) -> UUID:
    if email is None:
        fault = Fault("--email", "Say whose, or sign in to a server: rushes login URL", "missing")
        raise Invalid("Whose tokens?", [fault])
    async with run.db.statement() as session:
        return await admin.find_user(session, email)
