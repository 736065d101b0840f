"""What a take really costs, learned from what was billed: caps and estimates must not trust a list of prices.

A catalogue's price may be old, an account may have a plan of its own, a provider may change its prices. A job
whose takes are billed higher than expected continues at that price; a new one starts with what the last ones
of its provider, model and options were billed.
"""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from rushes.engine.states import SubmissionState
from rushes.platform.db.engine import Executor

MOST_ESTIMATE = 10_000_000
"""US dollars that a row of the ledger can expect of one submission."""
LAST = 20
"""Submissions that a price is learned from, the latest."""

_LEARN = text(
    f"""
    UPDATE jobs SET take_price = LEAST(billed.price, {MOST_ESTIMATE})
    FROM (
        SELECT s.job_id, max(s.cost / cardinality(s.subject_ids)) AS price
        FROM submissions s JOIN jobs j ON j.id = s.job_id
        WHERE j.status = 'processing' AND s.provider = :provider AND s.state = '{SubmissionState.COMPLETED}'
          AND s.subject_kind = 'takes' AND s.provider = j.provider
          AND s.cost > COALESCE(j.take_price, 0) * cardinality(s.subject_ids)
        GROUP BY s.job_id
    ) billed
    WHERE jobs.id = billed.job_id AND billed.price > COALESCE(jobs.take_price, 0)
    """  # noqa: S608  # only our own constants are put in
)
_BILLED = text(
    f"""
    SELECT avg(price) FROM (
        SELECT s.cost / cardinality(s.subject_ids) AS price
        FROM submissions s JOIN jobs j ON j.id = s.job_id
        WHERE s.provider = :provider AND s.model = :model AND s.state = '{SubmissionState.COMPLETED}'
          AND s.subject_kind = 'takes' AND s.cost > 0
          AND j.provider = s.provider AND j.settings -> 'options' = CAST(:options AS jsonb)
          -- a take that did not come is not billed, and says nothing of the price
          AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.submission_id = s.id AND v.status <> 'completed')
        ORDER BY s.ended_at DESC LIMIT {LAST}
    ) each
    """  # noqa: S608  # only our own constants are put in
)


async def learn_prices(session: Executor, provider: str) -> None:
    """Raise what running jobs expect of a take to the most that one of theirs was billed."""
    await session.execute(_LEARN, {"provider": provider})


async def billed_price(
    session: Executor, provider: str, model: str, options: dict[str, Any]
) -> Decimal | None:
    """Return what the last takes of these options were billed on average, US dollars; None without any."""
    given = {"provider": provider, "model": model, "options": json.dumps(options)}
    price = (await session.execute(_BILLED, given)).scalar()
    return None if price is None else Decimal(price).quantize(Decimal("0.000001"))
