"""Videos that cannot start for want of a credential or of budget: held with the reason, and let go again.

A call is counted at the price of a whole one (all takes it may have), in the claim, here and at the release
alike, so that a video is never held and let go by turns.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.events import VIDEO_EVENT
from rushes.engine.states import MAYBE_ACCEPTED, TakeChanges, sql_list
from rushes.engine.submission_costs import LEDGER, SPENT
from rushes.platform.db.queue import defer, make_videos_task

OWNERS = f"""
    owners AS (
        SELECT b.*, spent.day AS day_spent, spent.month AS month_spent
        FROM budgets b CROSS JOIN LATERAL (
            SELECT {SPENT} AS month, COALESCE(sum(settled + open) FILTER (
                       WHERE claimed_at >= date_trunc('day', now(), 'UTC')), 0) AS day
            FROM {LEDGER} s
            WHERE owner_id = b.owner_id AND claimed_at >= date_trunc('month', now(), 'UTC')
        ) spent
        WHERE b.day IS NOT NULL OR b.month IS NOT NULL
    )
"""  # noqa: S608  # only our own constants are put in
"""The caps of every owner that has one, with what was spent in their day and their month."""
CAPS = f"""
    {OWNERS}, caps AS MATERIALIZED (  -- once, not once for each call
        SELECT j.id AS job_id, j.budget, o.day, o.month, LEAST(j.outputs, :per_call) AS takes,
               CASE WHEN j.budget IS NULL THEN 'Infinity' ELSE j.budget - (
                   SELECT {SPENT} FROM {LEDGER} s WHERE job_id = j.id) END AS job_left,
               COALESCE(o.day - o.day_spent, 'Infinity') AS day_left,
               COALESCE(o.month - o.month_spent, 'Infinity') AS month_left
        FROM jobs j LEFT JOIN owners o ON o.owner_id = j.owner_id
        WHERE j.status = 'processing' AND (j.budget IS NOT NULL OR o.owner_id IS NOT NULL)
    )
"""  # noqa: S608  # only our own constants are put in
"""What is left to each running job that has a cap, in US dollars, and how many takes a call of it may have.

A free call needs none.
"""
CALL_PRICE = "{price} * caps.takes"
"""The price of a whole call of takes of that price."""
LEFT = "LEAST(caps.job_left, caps.day_left, caps.month_left)"
"""What is left to a call, of `CAPS`."""

READY = (
    "EXISTS (SELECT 1 FROM credentials c"
    " WHERE c.owner_id = j.owner_id AND c.serves @> ARRAY[:provider] AND c.state = 'ready')"
)

WHY_NOT = "COALESCE(c.refused ->> CAST(:provider AS text), c.state_reason, c.state)"
"""What is wrong with a credential for the provider, in its own words where it said something."""

NO_KEY_WORDS = f"""
    'No working ' || :what || ' for ' || :title
    || COALESCE((SELECT ' (' || string_agg(c.name || ': ' || {WHY_NOT}, '; ') || ')'
                 FROM credentials c WHERE c.owner_id = j.owner_id AND c.state <> 'deleted'
                   AND (c.serves @> ARRAY[:provider]
                        OR jsonb_exists(c.refused, CAST(:provider AS text)))), '')
    || '. Add one and it continues automatically.'
"""  # noqa: S608  # only our own constant is put in
"""Says of a row `j` with an owner that no credential of theirs can be used for the provider, and why."""

_LET_GO = text(
    f"""
    WITH {CAPS}, free AS (
        SELECT v.id, v.waiting_for, COALESCE(s.state IN {sql_list(MAYBE_ACCEPTED)}, false) AS accepted
        FROM videos v JOIN jobs j ON j.id = v.job_id
        LEFT JOIN caps ON caps.job_id = j.id
        LEFT JOIN submissions s ON s.id = v.submission_id
        LEFT JOIN shot_inputs i ON i.shot_id = v.shot_id
        WHERE v.provider = :provider AND v.status = 'waiting' AND j.status = 'processing'
          AND CASE v.waiting_for
              WHEN 'budget' THEN caps.job_id IS NULL OR v.price = 0
                   OR {CALL_PRICE.format(price="v.price")} <= {LEFT}
              WHEN 'person' THEN :keyed AND CASE WHEN s.state IN {sql_list(MAYBE_ACCEPTED)}
                   THEN EXISTS (SELECT 1 FROM credentials WHERE id = s.credential_id AND state = 'ready'
                                AND serves @> ARRAY[:provider])
                   WHEN v.error_type IS DISTINCT FROM 'auth' THEN false
                   WHEN i.credential_id IS NULL THEN {READY}
                   ELSE EXISTS (SELECT 1 FROM credentials
                                WHERE id = i.credential_id AND state = 'ready'
                                  AND serves @> ARRAY[:provider]) END
              ELSE false END
    ), changed AS (
        UPDATE videos SET status = CASE WHEN free.accepted THEN '{TakeChanges.LOOK_AGAIN.target}'
                                  ELSE '{TakeChanges.UNBLOCK.target}' END,
               waiting_for = NULL, error_type = NULL, error_message = NULL, retry_at = NULL
        FROM free
        -- once more: it may have been cancelled while this waited for its row
        WHERE videos.id = free.id AND videos.status IN {sql_list(TakeChanges.UNBLOCK.sources)}
          AND videos.waiting_for = free.waiting_for
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """  # noqa: S608  # only our own constants are put in
)

_GOING_ON = text("SELECT DISTINCT submission_id FROM videos WHERE id = ANY(:ids) AND status = 'generating'")

_NEXT = "(date_trunc('{0}', now() AT TIME ZONE 'UTC') + interval '1 {0}') AT TIME ZONE 'UTC'"
"""When the next UTC day or month begins."""

_HOLD = text(
    f"""
    WITH {CAPS}, reasons AS (
        SELECT j.id AS job_id, 'person' AS waiting_for, 'auth' AS error_type,
               {NO_KEY_WORDS} AS message
        FROM jobs j WHERE j.status = 'processing' AND :keyed AND NOT {READY}
    ), too_expensive AS (
        SELECT v.id, caps.*, {CALL_PRICE.format(price="v.price")} AS call_price
        FROM caps CROSS JOIN LATERAL (  -- what is left to one take, job by job: for videos_queued_by_price
            SELECT id, price FROM videos
            WHERE job_id = caps.job_id AND status = 'queued' AND price > 0 AND price > {LEFT} / caps.takes
              AND provider = :provider
            OFFSET 0
        ) v
    ), stuck AS (
        SELECT v.id, reasons.waiting_for, reasons.error_type, reasons.message, NULL::timestamptz AS retry_at
        FROM reasons JOIN videos v ON v.job_id = reasons.job_id AND v.status = 'queued'
        WHERE v.provider = :provider
        UNION ALL
        SELECT id, 'budget', 'budget', CASE
                   WHEN call_price > job_left THEN 'Limit of this job reached ($' || {{job}} || ')'
                   WHEN call_price > month_left THEN 'Monthly limit reached ($' || {{month}} || ')'
                   ELSE 'Daily limit reached ($' || {{day}} || ')' END
               || ': the next video costs $' || {{call}} || '. Raise it' || CASE
                   WHEN call_price > job_left THEN ' to continue.'
                   WHEN call_price > month_left THEN ', or wait until the first of next month (UTC).'
                   ELSE ', or wait until midnight UTC.' END, CASE
                   WHEN call_price > job_left THEN NULL
                   WHEN call_price > month_left THEN {{next_month}}
                   ELSE {{tomorrow}} END
        FROM too_expensive WHERE job_id NOT IN (SELECT job_id FROM reasons)
    ), changed AS (
        UPDATE videos SET status = '{TakeChanges.BLOCK.target}', waiting_for = stuck.waiting_for,
               error_type = stuck.error_type, error_message = stuck.message, retry_at = stuck.retry_at
        FROM stuck
        WHERE videos.id = stuck.id AND videos.status IN {sql_list(TakeChanges.BLOCK.sources)}
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """.format(  # noqa: S608  # only our own constants are put in
        tomorrow=_NEXT.format("day"),
        next_month=_NEXT.format("month"),
        **{
            name: f"to_char({column}, 'FM999999990.009999')"
            for name, column in (
                ("job", "budget"),
                ("month", "month"),
                ("day", "day"),
                ("call", "call_price"),
            )
        },
    )
)


_PINS = text(
    """
    SELECT DISTINCT i.credential_id FROM shot_inputs i JOIN videos v ON v.shot_id = i.shot_id
    WHERE i.credential_id IS NOT NULL AND v.status = 'queued' AND v.provider = :provider
    """
)

_HOLD_PINNED = text(
    f"""
    WITH changed AS (
        UPDATE videos SET status = '{TakeChanges.BLOCK.target}', waiting_for = 'person', error_type = 'auth',
               retry_at = NULL,
               error_message = 'This continues a take made with ' || c.name
                   || ', which is not working (' || {WHY_NOT}
                   || '). Only this one can do it. Fix it and the video continues.'
        FROM shot_inputs i JOIN credentials c ON c.id = i.credential_id
        WHERE i.shot_id = videos.shot_id AND NOT (c.state = 'ready' AND c.serves @> ARRAY[:provider])
          AND videos.status IN {sql_list(TakeChanges.BLOCK.sources)}
          AND videos.provider = :provider
        RETURNING videos.*
    )
    {VIDEO_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


async def pins(session: AsyncSession, provider: str) -> list[UUID]:
    """The credentials with which alone something queued can be made."""
    return list((await session.execute(_PINS, {"provider": provider})).scalars())


async def hold_pinned(session: AsyncSession, provider: str) -> None:
    """Hold what can only be made with a credential that cannot be used."""
    await session.execute(_HOLD_PINNED, {"provider": provider})


async def lock_budgets(session: AsyncSession) -> None:
    """Caps hold over all providers: those with one are dispatched for by one dispatcher at a time."""
    await session.execute(text("SELECT 1 FROM budgets ORDER BY owner_id FOR NO KEY UPDATE"))


async def let_go(session: AsyncSession, *, provider: str, keyed: bool, per_call: int) -> None:
    """Queue what is not held any more; what was accepted already, or perhaps, is looked at again."""
    given = {"provider": provider, "keyed": keyed, "per_call": per_call}
    ids = list((await session.execute(_LET_GO, given)).scalars())
    if ids:
        going_on = (await session.execute(_GOING_ON, {"ids": ids})).scalars()
        await defer(session, [make_videos_task(each, provider) for each in going_on])


async def hold(
    session: AsyncSession, *, provider: str, title: str, what: str, keyed: bool, per_call: int
) -> list[UUID]:
    """Hold what cannot start, with the reason. `what` the provider needs, in words. Returns the videos."""
    given = {"provider": provider, "title": title, "what": what, "keyed": keyed, "per_call": per_call}
    return list((await session.execute(_HOLD, given)).scalars())
