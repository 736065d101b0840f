"""What `rushes budget` and `rushes costs` do."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from rushes.cli._words import Code
from rushes.cli.work.background import Background
from rushes.cli.work.output import money, out, table, tell, tell_json
from rushes.cli.work.session import acting_user, find_job, with_runtime
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.money.actions import costs_csv, put_budgets, put_job_budget
from rushes.money.budgets import read_budgets
from rushes.money.costs import read_costs
from rushes.money.views import Budgets, By, CapView

NONE = "none"


def budget(day: str | None, month: str | None, job: str | None, json: bool) -> int:
    """Show the caps, or set those that were given."""

    async def command(run: Runtime) -> int:
        if job is not None:
            name, equals, amount = job.rpartition("=")
            if not equals:
                told = "Write it as JOB=DOLLARS, or JOB=none."
                raise Invalid("This cannot be read.", [Fault(f"--job {job}", told, "bad_option")])
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
            tell_json(found)
        else:
            tell(f"Today (UTC): {_told(found.day)}")
            tell(f"This month (UTC): {_told(found.month)}")
        return Code.DONE

    return with_runtime(command)


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


def _told(cap: CapView) -> str:
    spent = f"{money(cap.spent)} spent" if cap.spent else "nothing spent"
    return f"{spent}, no cap" if cap.cap is None else f"{spent} of ${cap.cap:.2f}, ${cap.left:.2f} left"


def costs(by: By, since: datetime | None, until: datetime | None, csv: bool, json: bool) -> int:
    """Add up the ledger."""

    async def command(run: Runtime) -> int:
        async with run.db.statement() as session:
            found = await read_costs(
                session, acting_user(), by, since=since and since.date(), until=until and until.date()
            )
        if json:
            tell_json(found)
        elif csv:
            print(costs_csv(found), end="")
        else:
            rows = table(str(by), "videos", "cost", "expected", right=("videos", "cost", "expected"))
            for row in found.rows:
                rows.add_row(row.label, str(row.videos), money(row.settled), money(row.open))
            rows.add_row("all", "", money(found.settled), money(found.open))
            out().print(rows)
        return Code.DONE

    return with_runtime(command)
