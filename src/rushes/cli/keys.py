"""`rushes keys …`: the keys of services that are paid."""

import asyncio
import getpass
import sys
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import typer
from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption, YesOption
from rushes.cli._output import count, money, print_json, print_result, short, stdout, table, when
from rushes.cli._session import acting_user, confirm_deletion, find_key, pairs, with_runtime
from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import list_credentials
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import Fault, Invalid
from rushes.keys import actions
from rushes.keys.actions import KeyChange, NewKey
from rushes.keys.environment import take_in_environment
from rushes.keys.services import key_owner

KeyArg = Annotated[str, typer.Argument(metavar="KEY", help="Its name, its id, or the start of its id.")]
STYLES = {CredentialState.READY: "green", CredentialState.DISABLED: "dim"}


def add(
    whose: Annotated[
        str,
        typer.Argument(metavar="SERVICE", help="A service, or a provider (`rushes providers` lists both)."),
    ],
    name: Annotated[str, typer.Option(help="What to call it.", show_default=False)] = "",
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="What goes with it. May be given several times.", show_default=False
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Try it at the service first; this costs nothing.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Add a key. It is asked for, or read from standard input; it is never an argument.

    [bold]Examples[/bold]
    $ rushes keys add google --name work
    $ rushes keys add omni < key.txt
    """

    async def command(run: Runtime) -> int:
        provider, service = (whose, None) if whose in run.providers.every_id else (None, whose)
        owner = key_owner(run, provider, service)  # what takes none is said before anything is asked
        given = pairs(field or (), "--field")
        secret = await asyncio.to_thread(_read_secret, owner.title)
        new = NewKey(provider=provider, service=service, name=name, secret=secret, fields=given, test=test)
        key = await actions.add_key(run, acting_user(), new)
        await Background(run).ensure_for_work()
        return _report(key, json, f"is kept, encrypted. It serves {served(run, key)}.")

    exit_with(with_runtime(command))


def served(run: Runtime, key: CredentialView) -> str:
    """The providers that use a key, by their titles, and those that do not take it."""

    def titles(ids: Iterable[str]) -> str:
        known = run.providers.every_id
        return ", ".join(run.providers.of_any_kind(each).title if each in known else each for each in ids)

    return f"{titles(key.providers)} (not {titles(key.refused)})" if key.refused else titles(key.providers)


def _read_secret(title: str) -> SecretStr:
    """From the person, unseen, or from standard input. Never an argument: those are seen by everybody."""
    if sys.stdin.isatty():
        typed = getpass.getpass(f"The key of {title} (nothing is shown): ")
    else:
        typed = sys.stdin.read()
    if not typed.strip():
        raise Invalid("No key was given.", [Fault("standard input", "It is empty.", "no_key")])
    return SecretStr(typed)


def list_(json: JsonOption = False) -> None:
    """List your keys: their status, until when they cool down, what they were used for.

    [bold]Example[/bold]
    $ rushes keys list
    """

    async def command(run: Runtime) -> int:
        await take_in_environment(run)
        async with run.db.statement() as session:
            found = await list_credentials(session, acting_user())
        if json:
            print_json(found)
        elif not found:
            print_result("There are no keys yet. Add one: rushes keys add SERVICE")
        else:
            stdout().print(_table(run, found))
        return Code.DONE

    exit_with(with_runtime(command))


def _table(run: Runtime, found: list[CredentialView]) -> Table:
    rows = table(
        "key", "service", "serves", "name", "ends in", "state", "made", "cost", right=("made", "cost")
    )
    for key in found:
        state = Text(key.state.replace("_", " "), STYLES.get(key.state, "yellow"))
        if key.state_reason:
            state.append(f": {key.state_reason}")
        elif key.resting_until:
            models = ", ".join(each.model for each in key.resting_models)
            state.append(
                f", {key.resting_for} until {when(key.resting_until)}" + (f" ({models})" if models else "")
            )
        rows.add_row(
            short(key.id),
            key.service,
            served(run, key),
            Text(key.name),
            key.last_four,
            state,
            str(key.submissions),
            money(key.cost),
        )
    return rows


def check(key: KeyArg, json: JsonOption = False) -> None:
    """Try a key at its service, at no cost. A good one is ready again.

    [bold]Example[/bold]
    $ rushes keys test work
    """

    async def command(run: Runtime) -> int:
        view = await actions.check_key(run, acting_user(), await _find(run, key))
        await Background(run).ensure_for_work()
        good = view.state is CredentialState.READY
        _report(view, json, "works." if good else f"is {view.state}: {view.state_reason or ''}")
        return Code.DONE if good else Code.NEEDS_YOU

    exit_with(with_runtime(command))


def disable(key: KeyArg, json: JsonOption = False) -> None:
    """Disable a key. Videos in progress with it finish.

    [bold]Example[/bold]
    $ rushes keys disable work
    """
    _switch(key, enabled=False, json=json)


def enable(key: KeyArg, json: JsonOption = False) -> None:
    """Enable a key, and end its cooldown. What waited for it continues.

    [bold]Example[/bold]
    $ rushes keys enable work
    """
    _switch(key, enabled=True, json=json)


def _switch(key: str, *, enabled: bool, json: bool) -> None:
    async def command(run: Runtime) -> int:
        change = KeyChange(enabled=enabled)
        view = await actions.change_key(run, acting_user(), await _find(run, key), change)
        await Background(run).ensure_for_work()
        return _report(view, json, "is on." if enabled else "is off. Videos in progress with it finish.")

    exit_with(with_runtime(command))


def delete(key: KeyArg, yes: YesOption = False) -> None:
    """Forget a key. What was paid with it stays on record.

    [bold]Example[/bold]
    $ rushes keys delete work
    """

    async def command(run: Runtime) -> int:
        key_id = await _find(run, key)
        if not await confirm_deletion(f"key {key}", yes):
            return Code.USAGE
        await actions.delete_key(run, acting_user(), key_id)
        print_result(f"Deleted key {key}. What was paid with it stays on record.")
        return Code.DONE

    exit_with(with_runtime(command))


def rotate() -> None:
    """Encrypt every stored secret anew.

    Makes a new encryption key in the data folder; with RUSHES_SECRET_KEYS, put
    the new one first in it before, and take the old one out after.

    [bold]Example[/bold]
    $ rushes keys rotate
    """

    async def command(run: Runtime) -> int:
        print_result(f"Encrypted {count(await actions.rotate(run), 'secret')} anew.")
        return Code.DONE

    exit_with(with_runtime(command))


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_key(session, given)


def _report(key: CredentialView, json: bool, what: str) -> int:
    if json:
        print_json(key)
    else:
        print_result(f"Key {short(key.id)} ({key.service}: {key.name}, …{key.last_four}) {what}")
    return Code.DONE
