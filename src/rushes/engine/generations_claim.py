"""The dispatcher of generations: what may start now under every limit, claimed in one statement.

Fair turns: an owner with less in flight goes first; inside an owner what has a higher priority, then the
oldest. What cannot start waits with the reason, and is queued again when that is gone.
"""

import json
from decimal import Decimal
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credential_rests, outages
from rushes.engine.claim import EVERYBODY, MOST_ESTIMATE, Dispatched, Terms
from rushes.engine.credential_views import MOST_SPACING_SECONDS
from rushes.engine.generations_price import estimate
from rushes.engine.generations_shapes import read_params
from rushes.engine.holds import NO_KEY_WORDS, OWNERS, READY, lock_budgets
from rushes.engine.payers import PAYERS
from rushes.engine.runtime import Runtime
from rushes.engine.states import GenerationChanges, SubmissionChanges, VideoStatus, WaitingFor, sql_list
from rushes.engine.submission_costs import LEDGER, SPENT
from rushes.engine.transitions import GENERATIONS_CHANGED
from rushes.errors import ErrorType
from rushes.platform.db.queue import defer, generate_task
from rushes.providers.kinds import Kind

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('dispatch:' || :provider, 0))")

_CAPS = f"""
    {OWNERS}, priced AS MATERIALIZED (  -- those that may start, with what is left to each
        SELECT g.*, o.day, o.month, COALESCE(o.day - o.day_spent, 'Infinity') AS day_left,
               COALESCE(o.month - o.month_spent, 'Infinity') AS month_left,
               CASE WHEN g.budget IS NULL OR g.story_id IS NULL THEN 'Infinity'
                    ELSE g.budget - spent.story END AS story_left
        FROM generations g LEFT JOIN owners o ON o.owner_id = g.owner_id
        LEFT JOIN LATERAL (
            SELECT {SPENT} AS story FROM {LEDGER} s WHERE s.story_id = g.story_id
        ) spent ON g.budget IS NOT NULL
        WHERE g.provider = :provider AND g.ended_at IS NULL AND g.status = ANY(:among)
    )
"""  # noqa: S608  # only our own constants are put in
_LEFT = "LEAST(day_left, month_left, story_left)"

_CLAIM = text(
    f"""
    WITH {_CAPS}, {PAYERS}, candidates AS (
        SELECT priced.*, payers.payer,
               row_number() OVER its AS turn,
               sum(price) OVER its AS owner_sum,
               sum(price) OVER (PARTITION BY story_id ORDER BY priority DESC, created_at, id) AS story_sum
        FROM priced JOIN payers ON payers.payer = CASE WHEN :keyed THEN priced.owner_id ELSE :everybody END
        WHERE (retry_at IS NULL OR retry_at <= now()) AND (price = 0 OR price <= {_LEFT})
          AND CASE WHEN CAST(:model AS text) IS NULL THEN NOT model = ANY(CAST(:rested AS text[]))
                   ELSE model = :model END
        WINDOW its AS (PARTITION BY owner_id ORDER BY priority DESC, created_at, id ROWS UNBOUNDED PRECEDING)
    ), ranked AS (
        SELECT candidates.*, row_number() OVER (
                   PARTITION BY payer ORDER BY turn + COALESCE((
                       SELECT sum(n) FROM busy WHERE busy.owner_id = candidates.owner_id), 0), created_at, id
               ) AS place
        FROM candidates
        WHERE price = 0 OR owner_sum <= LEAST(day_left, month_left)
                           AND (story_id IS NULL OR story_sum <= story_left)
    ), chosen AS MATERIALIZED (
        SELECT ranked.id AS generation_id, gen_random_uuid() AS id, place,
               payers.places[ranked.place] AS credential_id
        FROM ranked JOIN payers ON payers.payer = ranked.payer AND ranked.place <= payers.n
    ), changed AS (
        UPDATE generations g SET status = '{GenerationChanges.CLAIM.target}', submission_id = chosen.id,
               progress = NULL, retry_at = NULL, waiting_for = NULL, error_type = NULL,
               error_message = NULL, started_at = COALESCE(started_at, now())
        FROM chosen
        WHERE g.id = chosen.generation_id AND g.status IN {sql_list(GenerationChanges.CLAIM.sources)}
        RETURNING g.*
    ) {GENERATIONS_CHANGED.replace("SELECT * FROM changed", "")}, used AS (
        UPDATE credentials SET last_used_at = now(),
               spaced_until = now() + make_interval(
                   secs => LEAST(COALESCE(spacing_seconds, :spacing), {MOST_SPACING_SECONDS})
                           * (1 + random() / 4))
        WHERE id IN (SELECT credential_id FROM chosen)
    ), probing AS ({outages.PROBE})
    INSERT INTO submissions (id, owner_id, story_id, subject_kind, subject_ids, attempt, provider, model,
                             credential_id, state, request_hash, cost_estimate, faults)
    SELECT chosen.id, changed.owner_id, changed.story_id, changed.kind, ARRAY[changed.id],
           changed.retry_count + 1, :provider, changed.model, chosen.credential_id,
           '{SubmissionChanges.CREATE.target}', changed.input_hash, LEAST(changed.price, {MOST_ESTIMATE}), 0
    FROM changed JOIN chosen ON chosen.generation_id = changed.id
    ORDER BY chosen.place
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)

_UNBLOCK = text(
    f"""
    WITH {_CAPS}, changed AS (
        UPDATE generations SET status = '{GenerationChanges.UNBLOCK.target}', waiting_for = NULL,
               error_type = NULL, error_message = NULL
        FROM priced j
        WHERE generations.id = j.id AND generations.status IN {sql_list(GenerationChanges.UNBLOCK.sources)}
          AND generations.waiting_for = j.waiting_for AND CASE j.waiting_for
              WHEN '{WaitingFor.BUDGET}' THEN j.price = 0 OR j.price <= {_LEFT}
              WHEN '{WaitingFor.PERSON}' THEN :keyed AND j.error_type = '{ErrorType.AUTH}' AND {READY}
              ELSE false END
        RETURNING generations.*
    ) {GENERATIONS_CHANGED}
    """  # noqa: S608  # only our own constants are put in
)

_BLOCK = text(
    f"""
    WITH {_CAPS}, stuck AS (
        SELECT j.id, '{WaitingFor.PERSON}' AS waiting_for, '{ErrorType.AUTH}' AS error_type,
               {NO_KEY_WORDS} AS message
        FROM priced j WHERE :keyed AND NOT {READY}
        UNION ALL
        SELECT j.id, '{WaitingFor.BUDGET}', '{ErrorType.BUDGET}', CASE
                   WHEN price > story_left THEN 'Limit of this story reached ($' || {{story}} || ')'
                   WHEN price > month_left THEN 'Monthly limit reached ($' || {{month}} || ')'
                   ELSE 'Daily limit reached ($' || {{day}} || ')' END
               || ': the next call costs $' || {{call}} || '. Raise it'
               || CASE
                   WHEN price > story_left THEN ' to continue.'
                   WHEN price > month_left THEN ', or wait until the first of next month (UTC).'
                   ELSE ', or wait until midnight UTC.' END
        FROM priced j WHERE price > 0 AND price > {_LEFT} AND (NOT :keyed OR {READY})
    ), changed AS (
        UPDATE generations SET status = '{GenerationChanges.BLOCK.target}', waiting_for = stuck.waiting_for,
               error_type = stuck.error_type, error_message = stuck.message, retry_at = NULL
        FROM stuck
        WHERE generations.id = stuck.id AND generations.status IN {sql_list(GenerationChanges.BLOCK.sources)}
        RETURNING generations.*
    ) {GENERATIONS_CHANGED}
    """.format(  # noqa: S608  # only our own constants are put in
        **{
            name: f"to_char({column}, 'FM999999990.009999')"
            for name, column in (("story", "budget"), ("month", "month"), ("day", "day"), ("call", "price"))
        }
    )
)

_TELL = text(
    f"""
    WITH stuck AS ({outages.STUCK}), changed AS (
        UPDATE generations SET error_type = '{ErrorType.OUTAGE}', error_message = {{message}}
        FROM stuck
        WHERE generations.owner_id = stuck.owner_id AND generations.provider = :provider
          AND generations.status = '{VideoStatus.QUEUED}'
          AND generations.error_message IS DISTINCT FROM {{message}}
        RETURNING generations.*
    ) {GENERATIONS_CHANGED}
    """.format(  # noqa: S608  # only our own constants are put in
        message="(CAST(:title AS text) || ' does not answer properly: ' || stuck.error"
        " || ' One call tries again at ' || to_char(stuck.until AT TIME ZONE 'UTC', 'HH24:MI:SS')"
        " || ' UTC; the others wait for it.')"
    )
)
_FORGET = text(
    f"""
    WITH stuck AS ({outages.STUCK}), changed AS (
        UPDATE generations SET error_type = NULL, error_message = NULL
        WHERE provider = :provider AND status = '{VideoStatus.QUEUED}'
          AND error_type = '{ErrorType.OUTAGE}' AND owner_id NOT IN (SELECT owner_id FROM stuck)
        RETURNING generations.*
    ) {GENERATIONS_CHANGED}
    """  # noqa: S608  # only our own constants are put in
)

_UNPRICED = text(
    "SELECT id, kind, model, params FROM generations"
    " WHERE provider = :provider AND price IS NULL AND ended_at IS NULL FOR NO KEY UPDATE"
)
_PRICE = text(
    "UPDATE generations g SET price = n.price FROM jsonb_to_recordset(CAST(:prices AS jsonb))"
    " AS n (id uuid, price numeric) WHERE g.id = n.id"
)

_NEXT_LOOK = text(
    """
    SELECT next.at FROM (
        SELECT min(at) AS at FROM (
            SELECT min(retry_at) AS at FROM generations
            WHERE provider = :provider AND status = 'queued' AND ended_at IS NULL AND retry_at > now()
            UNION ALL
            SELECT min(GREATEST(c.resting_until, c.spaced_until)) FROM credentials c
            WHERE c.serves @> ARRAY[:provider] AND c.state = 'ready'
              AND GREATEST(c.resting_until, c.spaced_until) > now()
              AND EXISTS (SELECT 1 FROM generations g WHERE g.owner_id = c.owner_id AND g.ended_at IS NULL
                          AND g.status = 'queued' AND g.provider = :provider)
            UNION ALL
            SELECT min(until) FROM credential_rests WHERE provider = :provider AND until > now()
            UNION ALL
            SELECT min(until) FROM provider_outages WHERE provider = :provider AND until > now()
        ) each
    ) next
    WHERE next.at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs t
        WHERE t.status = 'todo' AND t.task_name = 'rushes:dispatch'
          AND t.args ->> 'provider' = :provider AND t.scheduled_at > now() AND t.scheduled_at <= next.at)
    """
)


async def claim_generations(run: Runtime, session: AsyncSession, terms: Terms) -> Dispatched:
    """Claim what may start and put its tasks into the queue. One at a time a provider (engine lock)."""
    provider, keyed = terms.provider, terms.keyed
    await session.execute(_LOCK, {"provider": provider})
    await lock_budgets(session)
    await _estimate_prices(run, session, provider)
    of_provider = {"provider": provider, "keyed": keyed}
    waiting = {**of_provider, "among": [VideoStatus.WAITING]}
    queued = {**of_provider, "among": [VideoStatus.QUEUED]}
    await session.execute(_UNBLOCK, waiting)
    given = {
        **queued,
        "concurrency": terms.concurrency,
        "spacing": terms.spacing_seconds,
        "everybody": EVERYBODY,
        "pin": None,
    }
    ids: tuple[UUID, ...] = ()
    for models in await credential_rests.model_choices(session, provider, keyed=keyed):
        ids += tuple((await session.execute(_CLAIM, {**given, **models})).scalars())
    await session.execute(_BLOCK, {**queued, "title": terms.title, "what": terms.what})
    await defer(session, [generate_task(each, provider) for each in ids])
    await session.execute(_TELL, {**of_provider, "title": terms.title})
    await session.execute(_FORGET, of_provider)
    return Dispatched(ids, (await session.execute(_NEXT_LOOK, {"provider": provider})).scalar())


async def _estimate_prices(run: Runtime, session: AsyncSession, provider: str) -> None:
    rows = await session.execute(_UNPRICED, {"provider": provider})
    prices = [
        {"id": str(row.id), "price": str(_price(run, provider, row.model, Kind(row.kind), row.params))}
        for row in rows
    ]
    if prices:
        await session.execute(_PRICE, {"prices": json.dumps(prices)})


def _price(run: Runtime, provider: str, model: str, kind: Kind, params: dict[str, object]) -> Decimal:
    try:
        expected = estimate(run, provider, model, read_params(kind, params))
    except ValidationError:  # of a later version: the call itself says so, and nothing is asked for
        expected = Decimal(0)
    return min(max(expected, Decimal(0)), Decimal(MOST_ESTIMATE))


_HOLD_UP = text(
    f"""
    WITH changed AS (
        UPDATE generations SET error_type = :error_type, error_message = :message
        WHERE provider = :provider AND status = '{VideoStatus.QUEUED}' AND ended_at IS NULL
          AND error_message IS DISTINCT FROM :message
        RETURNING *
    ) {GENERATIONS_CHANGED}
    """  # noqa: S608  # only our own constants are put in
)


async def say_why_not(session: AsyncSession, provider: str, error_type: ErrorType, message: str) -> None:
    """Write on what is queued why nothing is started: a fault of this installation."""
    given = {"provider": provider, "error_type": str(error_type), "message": message}
    await session.execute(_HOLD_UP, given)
