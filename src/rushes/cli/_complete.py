"""What the shell offers behind TAB: jobs, projects, providers, and options of the chosen provider."""

from collections.abc import Awaitable, Callable
from typing import Any

import typer

from rushes.errors import RushesError

MOST = 50
"""So many jobs are offered, the newest."""
Offer = tuple[str, str]
"""A word and what it means."""


def jobs(incomplete: str) -> list[Offer]:
    """Return jobs whose id or name begins so: their ids, with their names beside them."""

    async def found(run: Any) -> list[Offer]:
        from rushes.cli._output import short  # noqa: PLC0415  # only for who presses TAB
        from rushes.cli._session import acting_user  # noqa: PLC0415  # the same
        from rushes.jobs.rows import list_jobs  # noqa: PLC0415  # the same

        async with run.db.begin() as session:
            page = await list_jobs(session, acting_user(), limit=MOST)
        offers = [(short(job.job_id), job.job_name) for job in page.items]
        named = [(name, identifier) for identifier, name in offers if _begins(name, incomplete)]
        by_id = [each for each in [("last", "the newest"), *offers] if _begins(each[0], incomplete)]
        return by_id if by_id or not incomplete else named

    return _ask(found)


def projects(incomplete: str) -> list[Offer]:
    """Return the names of projects that begin so."""

    async def found(run: Any) -> list[Offer]:
        from rushes.cli._session import acting_user  # noqa: PLC0415  # only for who presses TAB
        from rushes.projects.rows import list_projects  # noqa: PLC0415  # the same

        async with run.db.begin() as session:
            listed = await list_projects(session, acting_user())
        return [(each.name, "") for each in listed if _begins(each.name, incomplete)]

    return _ask(found)


def providers(incomplete: str) -> list[Offer]:
    """Return the providers whose id begins so, with their titles."""
    from rushes.engine.runtime import Providers  # noqa: PLC0415  # only for who presses TAB
    from rushes.providers.catalogue import load_catalogue  # noqa: PLC0415  # the same

    known = Providers(load_catalogue())
    return [(each, known.get(each).title) for each in known.ids if _begins(each, incomplete)]


def options(context: typer.Context, incomplete: str) -> list[Offer]:
    """Return `KEY=` of what the chosen provider can be asked for, and `KEY=VALUE` behind a `KEY=`."""
    chosen = context.params.get("provider")
    if not chosen:
        return []
    from rushes.engine.runtime import Providers  # noqa: PLC0415  # only for who presses TAB
    from rushes.providers.catalogue import load_catalogue  # noqa: PLC0415  # the same

    try:
        schema = Providers(load_catalogue()).get(chosen).Options.model_json_schema()
    except RushesError:
        return []  # TAB has no place for an error: the command itself will name it
    key, equals, _ = incomplete.partition("=")
    if not equals:
        return [
            (f"{name}=", each.get("description", ""))
            for name, each in schema.get("properties", {}).items()
            if _begins(name, incomplete)
        ]
    return [(f"{key}={value}", "") for value in _values(schema, key) if _begins(f"{key}={value}", incomplete)]


def _values(schema: dict[str, Any], key: str) -> list[str]:
    each = schema.get("properties", {}).get(key, {})
    if "$ref" in each:
        each = schema["$defs"][each["$ref"].rpartition("/")[2]]
    if each.get("type") == "boolean":
        return ["true", "false"]
    return [str(value) for value in each.get("enum", [])]


def _begins(word: str, incomplete: str) -> bool:
    return word.lower().startswith(incomplete.lower())


def _ask(question: Callable[[Any], Awaitable[list[Offer]]]) -> list[Offer]:
    """Return the answer of this installation; nothing where it cannot be opened now."""
    from rushes.cli._session import with_runtime  # noqa: PLC0415  # only for who presses TAB

    found: list[Offer] = []

    async def command(run: Any) -> int:
        found.extend(await question(run))
        return 0

    try:
        with_runtime(command)
    except RushesError:
        return []  # TAB has no place for an error: the command itself will say it
    return found
