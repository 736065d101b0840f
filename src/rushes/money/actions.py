"""Caps are set, costs are exported."""

import csv
import io
from decimal import Decimal
from uuid import UUID

from rushes.engine.reconcile_rows import providers_with_work
from rushes.engine.runtime import Runtime
from rushes.engine.states import ENDED_JOBS
from rushes.errors import Conflict
from rushes.jobs.rows import locked_job
from rushes.money.budgets import read_budgets, set_budgets
from rushes.money.views import Budgets, BudgetsView, CostRow, CostsView
from rushes.platform.db.queue import defer, dispatch_task
from rushes.platform.names import no_formula


async def put_budgets(run: Runtime, owner: UUID, budgets: Budgets) -> BudgetsView:
    """Set the caps; what they held and do not hold any more goes on."""
    async with run.db.begin() as session:
        await set_budgets(session, owner, budgets.day, budgets.month)
        await defer(session, [dispatch_task(each) for each in await providers_with_work(session)])
        return await read_budgets(session, owner)


async def put_job_budget(run: Runtime, owner: UUID, job_id: UUID, budget: Decimal | None) -> None:
    """Set a job's cap; what it held and does not hold any more goes on."""
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.status in ENDED_JOBS:
            raise Conflict(f"The job is {job.status} already.")
        job.budget = budget
        await session.flush()
        await defer(session, [dispatch_task(job.provider)])


def costs_csv(costs: CostsView) -> str:
    """The rows for a spreadsheet, which shows every cell and runs none."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([str(costs.by), *list(CostRow.model_fields)[1:]])
    for row in costs.rows:
        writer.writerow([no_formula(value) for value in row.model_dump().values()])
    return buffer.getvalue()
