"""The one definition of what a submission costs; budgets, caps, costs and totals all read it here.

settled   what was billed, or its price when it was closed
open      what is expected for one that may yet be billed: in flight, uncertain, cancelled after it was sent
counted   false for one that was given back before it was accepted: it cost nothing and is not shown

US dollars, never rounded. Whatever adds up submissions selects from `LEDGER`, so their totals are equal.
"""

from rushes.engine.states import UNSETTLED_SUBMISSIONS, SubjectKind, SubmissionState, sql_list

LEDGER = f"""(
    SELECT submissions.*, COALESCE(cost, 0) AS settled,
           CASE WHEN cost IS NULL AND (state IN {sql_list(UNSETTLED_SUBMISSIONS)}
                     OR state = '{SubmissionState.CANCELLED}' AND submitted_at IS NOT NULL)
                THEN cost_estimate ELSE 0 END AS open,
           state <> '{SubmissionState.RELEASED}' OR cost IS NOT NULL AS counted
    FROM submissions
)"""  # noqa: S608  # states are our own words
"""Every submission with its `settled` and `open` cost, as a subquery that wants an alias."""

SPENT = "COALESCE(sum(settled + open), 0)"
"""What counts against a cap, of rows of `LEDGER`."""

UNDECIDED = f"""(
    s.state = '{SubmissionState.UNCERTAIN}' AND NOT EXISTS (
        SELECT 1 FROM videos v
        WHERE s.subject_kind = '{SubjectKind.TAKES}' AND v.id = ANY(s.subject_ids) AND v.deleted_at IS NULL
          AND v.submission_id IS DISTINCT FROM s.id)
    AND NOT EXISTS (
        SELECT 1 FROM generations g
        WHERE s.subject_kind <> '{SubjectKind.TAKES}' AND g.id = ANY(s.subject_ids)
          AND g.submission_id IS DISTINCT FROM s.id)
)"""  # noqa: S608  # only our own constants are put in
"""Of submissions `s`: those on which their owner has to decide.

Not one whose takes, or whose generation, have been asked for anew: that was the decision, and it stays
uncertain.
"""
