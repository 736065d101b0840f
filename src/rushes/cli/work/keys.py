"""What the commands on keys do."""

import asyncio
import getpass
import sys
from collections.abc import Iterable
from uuid import UUID

from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work.background import Background
from rushes.cli.work.output import count, money, out, short, table, tell, tell_json, when
from rushes.cli.work.session import acting_user, agreed, find_key, pairs, with_runtime
from rushes.engine.credential_views import CredentialView
from rushes.engine.credentials import list_credentials
from rushes.engine.runtime import Runtime
from rushes.engine.states import CredentialState
from rushes.errors import Fault, Invalid
from rushes.keys import actions
from rushes.keys.actions import KeyChange, NewKey
from rushes.keys.environment import take_in_environment
from rushes.keys.services import key_owner

STYLES = {CredentialState.READY: "green", CredentialState.DISABLED: "dim"}


def add(whose: str, name: str, fields: tuple[str, ...], test: bool, json: bool) -> int:
    """`rushes keys add`."""

    async def command(run: Runtime) -> int:
        provider, service = (whose, None) if whose in run.providers.every_id else (None, whose)
        owner = key_owner(run, provider, service)  # what takes none is said before anything is asked
        given = pairs(fields, "--field")
        secret = await asyncio.to_thread(_ask, owner.title)
        new = NewKey(provider=provider, service=service, name=name, secret=secret, fields=given, test=test)
        key = await actions.add_key(run, acting_user(), new)
        await Background(run).ensure_for_work()
        return _told(key, json, f"is kept, encrypted. It serves {served(run, key)}.")

    return with_runtime(command)


def served(run: Runtime, key: CredentialView) -> str:
    """The providers that use a key, by their titles, and those that do not take it."""

    def titles(ids: Iterable[str]) -> str:
        known = run.providers.every_id
        return ", ".join(run.providers.of_any_kind(each).title if each in known else each for each in ids)

    return f"{titles(key.providers)} (not {titles(key.refused)})" if key.refused else titles(key.providers)


def _ask(title: str) -> SecretStr:
    """From the person, unseen, or from standard input. Never an argument: those are seen by everybody."""
    if sys.stdin.isatty():
        typed = getpass.getpass(f"The key of {title} (nothing is shown): ")
    else:
        typed = sys.stdin.read()
    if not typed.strip():
        raise Invalid("No key was given.", [Fault("standard input", "It is empty.", "no_key")])
    return SecretStr(typed)


def list_all(json: bool) -> int:
    """`rushes keys list`."""

    async def command(run: Runtime) -> int:
        await take_in_environment(run)
        async with run.db.statement() as session:
            found = await list_credentials(session, acting_user())
        if json:
            tell_json(found)
        elif not found:
            tell("There are no keys yet. Add one: rushes keys add SERVICE")
        else:
            out().print(_table(run, found))
        return Code.DONE

    return with_runtime(command)


def _table(run: Runtime, found: list[CredentialView]) -> Table:
    rows = table(
        "key", "service", "serves", "name", "ends in", "state", "made", "cost", right=("made", "cost")
    )
    for key in found:
        state = Text(key.state.replace("_", " "), STYLES.get(key.state, "yellow"))
        if key.state_reason:
            state.append(f": {key.state_reason}")
        elif key.resting_until:
            state.append(f", {key.resting_for} until {when(key.resting_until)}")
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


def check(given: str, json: bool) -> int:
    """`rushes keys test`."""

    async def command(run: Runtime) -> int:
        key = await actions.check_key(run, acting_user(), await _find(run, given))
        await Background(run).ensure_for_work()
        told = "works." if key.state is CredentialState.READY else f"is {key.state}: {key.state_reason or ''}"
        _told(key, json, told)
        return Code.DONE if key.state is CredentialState.READY else Code.NEEDS_YOU

    return with_runtime(command)


def switch(given: str, enabled: bool, json: bool) -> int:
    """`rushes keys enable` and `disable`."""

    async def command(run: Runtime) -> int:
        change = KeyChange(enabled=enabled)
        key = await actions.change_key(run, acting_user(), await _find(run, given), change)
        await Background(run).ensure_for_work()
        return _told(key, json, "is on." if enabled else "is off. What was begun with it still arrives.")

    return with_runtime(command)


def delete(given: str, yes: bool) -> int:
    """`rushes keys delete`."""

    async def command(run: Runtime) -> int:
        key_id = await _find(run, given)
        if not await agreed(f"key {given}", yes):
            return Code.USAGE
        await actions.delete_key(run, acting_user(), key_id)
        tell(f"Deleted key {given}. What was paid with it stays on record.")
        return Code.DONE

    return with_runtime(command)


def rotate() -> int:
    """`rushes keys rotate`."""

    async def command(run: Runtime) -> int:
        tell(f"Encrypted {count(await actions.rotate(run), 'secret')} anew.")
        return Code.DONE

    return with_runtime(command)


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_key(session, given)


def _told(key: CredentialView, json: bool, what: str) -> int:
    if json:
        tell_json(key)
    else:
        tell(f"Key {short(key.id)} ({key.service}: {key.name}, …{key.last_four}) {what}")
    return Code.DONE
