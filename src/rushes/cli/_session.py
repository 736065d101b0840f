"""Opens this installation for one command, and finds what the command names."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.cli._environment import load_settings
from rushes.cli._login import load_login
from rushes.cli._output import print_note, shorten
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.states import JobKind
from rushes.errors import Fault, Invalid, NotFound
from rushes.platform.db.engine import database_gone
from rushes.platform.db.models import LOCAL_OWNER

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer

MAX_CANDIDATES = 5
"""So many candidates are named when a name fits several."""


def acting_user() -> UUID:
    """Return the user as whom commands act: the local one, since a server has no other yet."""
    return LOCAL_OWNER


def with_runtime(
    command: Callable[[Runtime], Awaitable[int]],
    remote: "Callable[[RemoteServer], int] | None" = None,
    *,
    always_here: bool = False,
) -> int:
    """Run a command on the opened installation. Returns its exit code.

    After `rushes login`, `remote` is run instead, with the server that one is signed in to; a command
    that has none works only where its installation is. `always_here`: an operator's command, which is about
    this machine whoever is signed in where.

    Raises `SystemFault` when the database cannot be had, or goes away meanwhile.
    """
    if not always_here and (login := load_login()) is not None:
        if remote is None:
            raise Invalid(
                f"This command does not work through {login.url}.",
                hint="Run it on that server. For this machine: rushes --local …, or `rushes logout`.",
            )
        from rushes.cli._remote import RemoteServer  # noqa: PLC0415  # an HTTP client, for who is signed in

        return remote(RemoteServer.of(login))
    settings = load_settings()

    async def run() -> int:
        async with open_runtime(settings) as opened:
            try:
                return await command(opened)
            except (OperationalError, InterfaceError) as error:
                raise database_gone(opened.db.url, error) from error

    return asyncio.run(run())


async def find_job(session: AsyncSession, given: str) -> UUID:
    """The job a person means. Raises `NotFound`, or `Invalid` when several fit."""
    if given == "last":
        found = await session.scalar(
            text(
                # The newest of those that `rushes jobs` lists: the page's Studio makes jobs of its own.
                "SELECT id FROM jobs WHERE owner_id = :owner AND kind = :kind"
                " ORDER BY created_at DESC, id DESC LIMIT 1"
            ),
            {"owner": acting_user(), "kind": str(JobKind.BATCH)},
        )
        if found is None:
            raise NotFound("There is no job yet.", hint="Make one: rushes batch IMAGES PROMPTS")
        return found
    return await _find(session, "jobs", "job", "name", given, "`rushes jobs` lists them.")


async def job_id_of(run: Runtime, given: str) -> UUID:
    """Return the job a person means, looked up in a transaction of its own. Raises as `find_job`."""
    async with run.db.begin() as session:
        return await find_job(session, given)


async def find_video(session: AsyncSession, given: str) -> UUID:
    """The video a person means. Raises `NotFound`, or `Invalid` when several fit."""
    hint = "`rushes show JOB` prints the ids of the videos of a job."
    return await _find(session, "videos", "video", "prompt_text", given, hint)


async def find_project(session: AsyncSession, given: str) -> UUID:
    """The project a person means, by name or id. Raises `NotFound`, or `Invalid` when several fit."""
    hint = "`rushes projects` lists them; `rushes projects create NAME` creates one."
    return await _find(session, "projects", "project", "name", given, hint)


async def find_story(session: AsyncSession, given: str) -> UUID:
    """The story a person means: its name or id, or `last`. Raises as `find_job`."""
    if given == "last":
        found = await session.scalar(
            text(
                "SELECT id FROM stories WHERE owner_id = :owner AND deleted_at IS NULL"
                " ORDER BY created_at DESC, id DESC LIMIT 1"
            ),
            {"owner": acting_user()},
        )
        if found is None:
            raise NotFound("There is no story yet.", hint="Make one: rushes film TOPIC")
        return found
    hint = "`rushes story list` lists them."
    return await _find(session, "stories", "story", "name", given, hint, "deleted_at IS NULL")


async def find_key(session: AsyncSession, given: str) -> UUID:
    """The key a person means, by name or id. Raises `NotFound`, or `Invalid` when several fit."""
    hint = "`rushes keys list` lists them."
    return await _find(session, "credentials", "key", "name", given, hint, "state <> 'deleted'")


async def find_receiver(session: AsyncSession, given: str, kind: str) -> UUID:
    """Return the `webhook` or `channel` a person means, by name or id. Raises as `find_key`."""
    command = "webhooks" if kind == "webhook" else "notices"
    only = "kind = 'webhook'" if kind == "webhook" else "kind <> 'webhook'"
    hint = f"`rushes {command} list` lists them."
    return await _find(session, "receivers", kind, "name", given, hint, only)


async def find_sign_in(session: AsyncSession, given: str) -> UUID:
    """The Flow sign-in a person means, by name or id. Raises `NotFound`, or `Invalid` when several fit."""
    hint = "`rushes flow sign-ins` lists them; `rushes flow login` adds one."
    only = "state <> 'deleted' AND kind = 'flow_account'"
    return await _find(session, "credentials", "Flow sign-in", "name", given, hint, only)


async def _find(
    session: AsyncSession, table: str, thing: str, label: str, given: str, hint: str, only: str = "true"
) -> UUID:
    by_name = " OR lower(btrim(name)) = lower(btrim(:given))" if label == "name" else ""
    # `table`, `label` and `only` are words of this module, not what was typed.
    rows = (
        await session.execute(
            text(
                # Table, label and condition are words of this module; what comes from outside is bound.
                f"SELECT id, {label} AS label FROM {table} WHERE owner_id = :owner AND {only}"  # noqa: S608
                f" AND ((:is_id AND id::text LIKE :start){by_name}) ORDER BY created_at DESC LIMIT :many"
            ),
            {
                "owner": acting_user(),
                "given": given,
                "start": f"{given.lower()}%",
                "is_id": re.fullmatch(r"[0-9a-fA-F-]{1,36}", given) is not None,
                "many": MAX_CANDIDATES + 1,
            },
        )
    ).all()
    if not rows:
        raise NotFound(f"There is no {thing} {given!r}.", hint=hint)
    if len(rows) > 1:
        faults = [
            Fault(str(row.id), shorten(" ".join(row.label.split()), 80), "ambiguous")
            for row in rows[:MAX_CANDIDATES]
        ]
        more = " (and more)" if len(rows) > MAX_CANDIDATES else ""
        raise Invalid(f"{given!r} fits more than one {thing}{more}:", faults, hint="Give more of the id.")
    return rows[0].id


def is_interactive() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


async def confirm_deletion(what: str, yes: bool) -> bool:
    """Whether a thing may be deleted for good: said by `--yes`, or asked."""
    if yes:
        return True
    if not is_interactive():
        print_note(f"This deletes {what} for good. Pass --yes to do it.", "bold red")
        return False
    if await confirm(f"Delete {what} for good?"):
        return True
    print_note("Nothing was deleted.")
    return False


def pairs(given: Sequence[str], flag: str) -> dict[str, str]:
    """`KEY=VALUE`, several times. Raises `Invalid` for what is not written so."""
    wrong = [pair for pair in given if "=" not in pair]
    if wrong:
        faults = [Fault(f"{flag} {pair}", "Write it as KEY=VALUE.", "bad_option") for pair in wrong]
        raise Invalid("This cannot be read.", faults)
    split = (pair.partition("=") for pair in given)
    return {key.strip().replace("-", "_"): value.strip() for key, _, value in split}


async def confirm(question: str) -> bool:
    """Ask the person; no answer is no. Ctrl-C ends the command, as everywhere."""
    print_note(f"{question} [y/N] ")
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sys.stdin)
    # A terminal is readable when a whole line has been typed, so this does not wait.
    return sys.stdin.readline().strip().lower() in ("y", "yes")
