"""`rushes costs`: what was spent."""

from datetime import datetime
from typing import Annotated

import typer

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import money, print_json, stdout, table
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.runtime import Runtime
from rushes.money.actions import costs_csv
from rushes.money.costs import read_costs
from rushes.money.views import By


def costs(
    by: Annotated[By, typer.Option(help="What to add up by.")] = By.DAY,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first UTC day.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The last UTC day.", show_default=False),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: JsonOption = False,
) -> None:
    """Add up what was spent, also for jobs that are deleted.

    [bold]Examples[/bold]
    $ rushes costs
    $ rushes costs --by key --from 2026-03-01
    $ rushes costs --by job --csv
    """

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await read_costs(
                session, acting_user(), by, since=since and since.date(), until=until and until.date()
            )
        if json:
            print_json(found)
        elif csv:
            print(costs_csv(found), end="")
        else:
            rows = table(str(by), "videos", "cost", "expected", right=("videos", "cost", "expected"))
            for row in found.rows:
                rows.add_row(row.label, str(row.videos), money(row.settled), money(row.open))
            rows.add_row("all", "", money(found.settled), money(found.open))
            stdout().print(rows)
        return Code.DONE

    exit_with(with_runtime(command))
