"""The ledger, added up by what a person wants to know. Every submission counts, whatever it was for.

The total is that of the ledger, not of the rows; the rows add up to it because a cost is shared among the
takes of a submission to the last millionth.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import text

from rushes.engine.states import SUBJECT_TITLES, SubjectKind
from rushes.engine.submission_costs import LEDGER
from rushes.money.views import By, CostRow, CostsView
from rushes.platform.db.engine import Executor

_TITLES = " ".join(f"WHEN '{kind}' THEN '{title}'" for kind, title in SUBJECT_TITLES.items())
_KEYS = {
    By.VIDEO: (
        "COALESCE(video_id::text, '')",
        "CASE WHEN video_id IS NULL THEN 'no video'"
        " ELSE COALESCE(job_name || ', shot ' || prompt_number || ', take ' || video_index, '') END",
    ),
    By.JOB: (
        "COALESCE(job_id::text, '')",
        "COALESCE(job_name, CASE WHEN job_id IS NULL THEN 'no job' ELSE 'deleted job' END)",
    ),
    By.PROJECT: ("COALESCE(project_id::text, '')", "COALESCE(project_name, 'no project')"),
    By.KEY: ("COALESCE(credential_id::text, '')", "COALESCE(key_name, 'no key')"),
    By.PROVIDER: ("provider", "provider"),
    By.DAY: ("day::text", "day::text"),
    By.KIND: ("subject_kind", f"CASE subject_kind {_TITLES} ELSE subject_kind END"),
}

_ENTRIES = f"""
    entries AS MATERIALIZED (
        SELECT s.*, CASE WHEN subject_kind = '{SubjectKind.TAKES}' THEN cardinality(subject_ids) ELSE 0 END
                   AS videos,
               (s.claimed_at AT TIME ZONE 'UTC')::date AS day, j.name AS job_name, j.project_id,
               p.name AS project_name, c.service || ': ' || c.name AS key_name
        FROM {LEDGER} s
        LEFT JOIN jobs j ON j.id = s.job_id LEFT JOIN projects p ON p.id = j.project_id
        LEFT JOIN credentials c ON c.id = s.credential_id
        WHERE s.owner_id = :owner AND s.counted
          AND (CAST(:since AS date) IS NULL
               OR s.claimed_at >= CAST(:since AS date)::timestamp AT TIME ZONE 'UTC')
          AND (CAST(:until AS date) IS NULL
               OR s.claimed_at < (CAST(:until AS date) + 1)::timestamp AT TIME ZONE 'UTC')
    )
"""  # noqa: S608  # only our own constants are put in

_WHOLE = "SELECT entries.*, 1 AS calls FROM entries"

_SHARE = """
    CASE WHEN NOT carries THEN 0
         WHEN turn > 1 THEN trunc({cost} / carriers, 6)
         ELSE {cost} - (carriers - 1) * trunc({cost} / carriers, 6) END
"""
_BY_VIDEO = f"""
    SELECT id, video_id, job_name, prompt_number, video_index, (nth = 1)::int AS calls,
           (video_id IS NOT NULL)::int AS videos, {_SHARE.format(cost="settled")} AS settled,
           {_SHARE.format(cost="open")} AS open
    FROM (
        SELECT takes.*, count(*) FILTER (WHERE carries) OVER (PARTITION BY id) AS carriers,
               row_number() OVER (PARTITION BY id, carries ORDER BY nth) AS turn
        FROM (
            SELECT e.id, e.settled, e.open, take.id AS video_id, COALESCE(take.nth, 1) AS nth,
                   shown.name AS job_name, v.prompt_number, v.video_index,
                   -- the takes that came carry the cost; when none is here any more, all carry it alike
                   COALESCE(v.status = 'completed' AND v.submission_id = e.id, false)
                   OR NOT COALESCE(bool_or(v.status = 'completed' AND v.submission_id = e.id)
                                   OVER (PARTITION BY e.id), false) AS carries
            FROM entries e
            LEFT JOIN LATERAL unnest(CASE WHEN e.videos > 0 THEN e.subject_ids END)
                 WITH ORDINALITY AS take (id, nth) ON true
            LEFT JOIN videos v ON v.id = take.id LEFT JOIN jobs shown ON shown.id = v.job_id
        ) takes
    ) shared
"""  # noqa: S608  # only our own constant is put in

_COSTS = """
    WITH {entries}, parts AS ({parts})
    SELECT {key} AS key, max({label}) AS label, sum(calls) AS submissions, sum(videos) AS videos,
           sum(settled)::numeric(20, 6) AS settled, sum(open)::numeric(20, 6) AS open
    FROM parts GROUP BY 1
    UNION ALL
    SELECT NULL, NULL, 0, 0, COALESCE(sum(settled), 0)::numeric(20, 6), COALESCE(sum(open), 0)::numeric(20, 6)
    FROM entries
    ORDER BY {order}
"""


async def read_costs(
    session: Executor, owner: UUID, by: By, *, since: date | None = None, until: date | None = None
) -> CostsView:
    """Return an owner's costs of these UTC days, both included."""
    key, label = _KEYS[by]
    rows = await session.execute(
        text(
            _COSTS.format(
                entries=_ENTRIES,
                parts=_BY_VIDEO if by is By.VIDEO else _WHOLE,
                key=key,
                label=label,
                order="key" if by is By.DAY else "settled DESC, label, key",
            )
        ),
        {"owner": owner, "since": since, "until": until},
    )
    found = list(rows)
    total = next(row for row in found if row.key is None)
    return CostsView(
        by=by,
        rows=[CostRow.model_validate(row, from_attributes=True) for row in found if row.key is not None],
        settled=total.settled,
        open=total.open,
    )
