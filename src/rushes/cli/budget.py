"""`rushes budget`: what may be spent."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import money, print_json, print_result
from rushes.cli._session import acting_user, find_job, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.money.actions import put_budgets, put_job_budget
from rushes.money.budgets import read_budgets
from rushes.money.views import Budgets, CapView

NONE = "none"


def budget(
    day: Annotated[
        str | None, typer.Option(metavar="DOLLARS", help="Cap of a UTC day, or `none`.", show_default=False)
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="DOLLARS", help="Cap of a UTC month, or `none`.", show_default=False)
    ] = None,
    job: Annotated[
        str | None, typer.Option(metavar="JOB=DOLLARS", help="Cap of one job.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show or set what may be spent. A cap stops new videos, never those in progress.

    [bold]Examples[/bold]
    $ rushes budget
    $ rushes budget --day 5 --month 50
    $ rushes budget --day none
    $ rushes budget --job last=12.50
    """

    async def command(run: Runtime) -> int:
        if job is not None:
            name, equals, amount = job.rpartition("=")
            if not equals:
                usage = "Write it as JOB=DOLLARS, or JOB=none."
                raise Invalid("This cannot be read.", [Fault(f"--job {job}", usage, "bad_option")])
            async with run.db.begin() as session:
                job_id = await find_job(session, name)
            await put_job_budget(run, acting_user(), job_id, _amount("--job", amount))
        async with run.db.statement() as session:
            found = await read_budgets(session, acting_user())
        if day is not None or month is not None:
            caps = Budgets(
                day=found.day.cap if day is None else _amount("--day", day),
                month=found.month.cap if month is None else _amount("--month", month),
            )
            found = await put_budgets(run, acting_user(), caps)
        await Background(run).ensure_for_work()
        if json:
            print_json(found)
        else:
            print_result(f"Today (UTC): {_cap_line(found.day)}")
            print_result(f"This month (UTC): {_cap_line(found.month)}")
        return Code.DONE

    exit_with(with_runtime(command))


def _amount(where: str, typed: str) -> Decimal | None:
    if typed.strip().lower() == NONE:
        return None
    try:
        amount = Decimal(typed.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 10**6 or amount != round(amount, 6):
        raise Invalid(
            "This is no amount.", [Fault(where, "US dollars, such as 12.50, or `none`.", "no_amount")]
        )
    return amount


def _cap_line(cap: CapView) -> str:
    spent = f"{money(cap.spent)} spent" if cap.spent else "nothing spent"
    return f"{spent}, no cap" if cap.cap is None else f"{spent} of ${cap.cap:.2f}, ${cap.left:.2f} left"
