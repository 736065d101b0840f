"""The ledger, added up. What was given back before it was sent cost nothing and is left out."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.money.views import By, CostRow, CostsView
from rushes.platform.db.engine import Executor

_KEYS = {
    By.VIDEO: (
        "video_id::text",
        "COALESCE(name || ', shot ' || prompt_number || ', take ' || video_index, '')",
    ),
    By.JOB: ("job_id::text", "COALESCE(name, 'deleted job')"),
    By.PROJECT: ("COALESCE(project_id::text, '')", "COALESCE(project_name, 'no project')"),
    By.KEY: ("COALESCE(credential_id::text, '')", "COALESCE(key_name, 'no key')"),
    By.PROVIDER: ("provider", "provider"),
    By.DAY: ("day::text", "day::text"),
}

_COSTS = """
    WITH shares AS (
        SELECT s.*, take.id AS video_id, (s.claimed_at AT TIME ZONE 'UTC')::date AS day,
               v.prompt_number, v.video_index, j.name, j.project_id, p.name AS project_name,
               c.provider || ': ' || c.name AS key_name,
               -- a take that came carries the cost; when none is here any more, all carry it alike
               CASE WHEN count(v.id) FILTER (WHERE v.status = 'completed') OVER its > 0
                    THEN (v.status = 'completed')::int::numeric
                         / count(v.id) FILTER (WHERE v.status = 'completed') OVER its
                    ELSE 1.0 / cardinality(s.video_ids) END AS share,
               row_number() OVER (PARTITION BY s.id ORDER BY take.id) = 1 AS first
        FROM submissions s CROSS JOIN LATERAL unnest(s.video_ids) AS take(id)
        LEFT JOIN videos v ON v.id = take.id AND v.submission_id = s.id
        LEFT JOIN jobs j ON j.id = s.job_id LEFT JOIN projects p ON p.id = j.project_id
        LEFT JOIN credentials c ON c.id = s.credential_id
        WHERE s.owner_id = :owner AND s.state <> 'released'
          AND (CAST(:since AS date) IS NULL
               OR s.claimed_at >= CAST(:since AS date)::timestamp AT TIME ZONE 'UTC')
          AND (CAST(:until AS date) IS NULL
               OR s.claimed_at < (CAST(:until AS date) + 1)::timestamp AT TIME ZONE 'UTC')
        WINDOW its AS (PARTITION BY s.id)
    )
    SELECT {key} AS key, {label} AS label, count(*) FILTER (WHERE first) AS submissions, count(*) AS videos,
           COALESCE(sum(COALESCE(cost, 0) * COALESCE(share, 0)), 0)::numeric(14, 6) AS settled,
           COALESCE(sum(cost_estimate * COALESCE(share, 0)) FILTER (
               WHERE cost IS NULL AND (state IN ('claimed', 'submitting', 'submitted', 'uncertain')
                   OR state = 'cancelled' AND submitted_at IS NOT NULL)), 0)::numeric(14, 6) AS open
    FROM shares GROUP BY 1, 2 ORDER BY {order}
"""


async def read_costs(
    session: Executor, owner: UUID, by: By, *, since: date | None = None, until: date | None = None
) -> CostsView:
    """An owner's costs of these UTC days, both included."""
    key, label = _KEYS[by]
    order = "1" if by is By.DAY else "settled DESC, label, 1"
    rows = await session.execute(
        text(_COSTS.format(key=key, label=label, order=order)),
        {"owner": owner, "since": since, "until": until},
    )
    found = [CostRow.model_validate(row, from_attributes=True) for row in rows]
    return CostsView(
        by=by,
        rows=found,
        settled=sum((row.settled for row in found), start=Decimal(0)),
        open=sum((row.open for row in found), start=Decimal(0)),
    )
