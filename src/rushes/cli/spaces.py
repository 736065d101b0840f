"""`rushes spaces …`: the spaces one is in at a server, and their members."""

from typing import Annotated

import typer
from rich.text import Text

from rushes.accounts.roles import SpaceRole
from rushes.accounts.views import LinkCreated, MemberView, SpaceView
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, short, stdout, table
from rushes.cli._person import person_of, space_named
from rushes.cli._remote import RemoteServer, find_by_start
from rushes.cli._session import with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Invalid

SpaceArg = Annotated[str, typer.Argument(metavar="SPACE", help="Its name, its id, or the start of its id.")]
MemberArg = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's mail address.")]
AsOption = Annotated[
    str | None,
    typer.Option("--email", metavar="EMAIL", help="Who signs in, if not who you are.", show_default=False),
]


async def _not_here(_: Runtime) -> int:
    raise Invalid(
        "Spaces are looked after at a server, as a person.", hint="Sign in to it first: rushes login URL"
    )


def list_(json: JsonOption = False) -> None:
    """List the spaces you are in, and your role.

    [bold]Example[/bold]
    $ rushes spaces list
    """

    def remote(server: RemoteServer) -> int:
        found = server.get("/api/spaces", list[SpaceView])
        if json:
            print_json(found)
            return Code.DONE
        rows = table("space", "name", "kind", "role", "members", right=("members",))
        for each in found:
            rows.add_row(short(each.id), Text(each.name), each.kind, each.role, str(each.members))
        stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(_not_here, remote))


def members(space: SpaceArg, json: JsonOption = False) -> None:
    """List the members of a space, by name.

    [bold]Example[/bold]
    $ rushes spaces members Film
    """

    def remote(server: RemoteServer) -> int:
        found = _members(server, space)
        if json:
            print_json(found)
            return Code.DONE
        rows = table("address", "name", "role")
        for each in found:
            rows.add_row(Text(each.email or ""), Text(each.name), each.role)
        stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(_not_here, remote))


def add(
    space: SpaceArg,
    person: MemberArg,
    role: Annotated[SpaceRole, typer.Option(help="What they may do there.")] = SpaceRole.EDITOR,
    email: AsOption = None,
    json: JsonOption = False,
) -> None:
    """Invite somebody into a space, or give a member another role.

    A new member gets a link, which is printed and works once. Your password is
    asked for, or read from standard input: no token changes members.

    [bold]Examples[/bold]
    $ rushes spaces add Film bob@example.org
    $ rushes spaces add Film bob@example.org --role viewer
    """

    def remote(_: RemoteServer) -> int:
        with person_of(email) as server:
            space_id = space_named(server, space)
            known = [each for each in _members(server, space) if each.email == person.strip().lower()]
            if known:
                path = f"/api/spaces/{space_id}/members/{known[0].user_id}"
                server.ask("PUT", path, json={"role": str(role)})
                print_result(f"{person} is {role} now.")
                return Code.DONE
            body = {"role": str(role), "email": person}
            link: LinkCreated = server.ask("POST", f"/api/spaces/{space_id}/invites", LinkCreated, json=body)
        if json:
            print_json(link)
        else:
            print_result(link.url)
            print_note(f"Send this to {person}. It works once, for that address.")
        return Code.DONE

    exit_with(with_runtime(_not_here, remote))


def remove(space: SpaceArg, person: MemberArg, email: AsOption = None) -> None:
    """Remove a member from a space; their tokens for it end. What they made stays.

    [bold]Example[/bold]
    $ rushes spaces remove Film bob@example.org
    """

    def remote(_: RemoteServer) -> int:
        with person_of(email) as server:
            space_id = space_named(server, space)
            known = [(each.user_id, each.email or "") for each in _members(server, space)]
            user = find_by_start(person, known, "member", "`rushes spaces members SPACE` lists them.")
            server.ask("DELETE", f"/api/spaces/{space_id}/members/{user}")
        print_result(f"{person} is no member any more.")
        return Code.DONE

    exit_with(with_runtime(_not_here, remote))


def _members(server: RemoteServer, space: str) -> list[MemberView]:
    return server.get(f"/api/spaces/{space_named(server, space)}/members", list[MemberView])
