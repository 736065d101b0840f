"""An owner's caps, and what of them is used."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.engine.submission_costs import LEDGER, SPENT
from rushes.money.views import BudgetsView, CapView
from rushes.platform.db.engine import Executor

_SPENT = text(
    f"""
    SELECT b.day, b.month, spent.day AS day_spent, spent.month AS month_spent
    FROM (SELECT CAST(:owner AS uuid) AS owner_id) o LEFT JOIN budgets b USING (owner_id)
    CROSS JOIN LATERAL (
        SELECT (SELECT {SPENT} FROM {LEDGER} s WHERE owner_id = :owner
                AND claimed_at >= date_trunc('day', now(), 'UTC')) AS day,
               (SELECT {SPENT} FROM {LEDGER} s WHERE owner_id = :owner
                AND claimed_at >= date_trunc('month', now(), 'UTC')) AS month
    ) spent
    """  # noqa: S608  # only our own constant is put in
)


async def read_budgets(session: Executor, owner: UUID) -> BudgetsView:
    """The caps and what is used of them now."""
    row = (await session.execute(_SPENT, {"owner": owner})).one()
    return BudgetsView(day=CapView.of(row.day, row.day_spent), month=CapView.of(row.month, row.month_spent))


async def set_budgets(session: Executor, owner: UUID, day: Decimal | None, month: Decimal | None) -> None:
    """Put the caps; None is no cap."""
    await session.execute(
        text(
            "INSERT INTO budgets (owner_id, day, month) VALUES (:owner, :day, :month)"
            " ON CONFLICT (owner_id) DO UPDATE SET day = EXCLUDED.day, month = EXCLUDED.month"
        ),
        {"owner": owner, "day": day, "month": month},
    )
