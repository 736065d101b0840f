"""The dispatcher's one query: what may start now under every limit, claimed in the same statement.

Fair turns: a user with less in flight goes first; inside a user, the job that its owner has put ahead
(`queue_rank`), and among those of one rank the job with less in flight. One prompt that a person waits for
(the Studio, an OpenAI client) takes turns with the first of the batches. Where a provider
needs a credential the places are those of the owner's own ones, the least recently limited first. What goes
on from a take is pinned to the credential of that take.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import credential_rests, holds, outages
from rushes.engine.credential_views import MOST_SPACING_SECONDS
from rushes.engine.events import JOB_EVENT, TAKE_CLAIMED_EVENT
from rushes.engine.holds import CALL_PRICE, CAPS, LEFT
from rushes.engine.payers import PAYERS
from rushes.engine.states import (
    OPEN_VIDEOS,
    JobChanges,
    JobKind,
    SubmissionChanges,
    TakeChanges,
    sql_list,
)
from rushes.engine.transitions import EXPIRES
from rushes.platform.db.queue import defer, make_videos_task, story_task

MOST_ESTIMATE = 10_000_000
"""US dollars that a row of the ledger can expect of one submission."""
EVERYBODY = UUID(int=0)
"""Who pays where nothing is paid: all share one number of places."""

EVERY_MODEL: dict[str, object] = {"model": None, "rested": []}
"""What the claim query is given when it chooses among all models."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('dispatch:' || :provider, 0))")

_CLAIM = text(
    f"""
    WITH {CAPS}, {PAYERS}, candidates AS (
        SELECT v.*, j.owner_id, payers.payer,
               CASE WHEN j.kind = 'batch' THEN j.queue_rank END AS queue_rank,
               (row_number() OVER (
                   PARTITION BY v.shot_id, v.prompt_text, v.negative_prompt, v.image_key, v.options, v.price
                   ORDER BY v.position) - 1) / :per_call AS chunk
        FROM jobs j JOIN payers ON payers.payer = CASE WHEN :keyed THEN j.owner_id ELSE :everybody END
        CROSS JOIN LATERAL (
            SELECT id, job_id, shot_id, position, limits, prompt_text, negative_prompt, image_key, model,
                   options, price, retry_count
            FROM videos
            WHERE job_id = j.id AND status = 'queued' AND deleted_at IS NULL AND provider = :provider
              AND (retry_at IS NULL OR retry_at <= now())
              AND CASE WHEN CAST(:model AS text) IS NULL THEN NOT model = ANY(CAST(:rested AS text[]))
                       ELSE model = :model END
              AND (NOT :keyed OR (SELECT credential_id FROM shot_inputs WHERE shot_id = videos.shot_id)
                                 IS NOT DISTINCT FROM CAST(:pin AS uuid))
            ORDER BY limits, position  -- what was limited goes behind the others
            LIMIT payers.n * :per_call
        ) v
        WHERE j.status = 'processing'
    ), calls AS MATERIALIZED (
        SELECT gen_random_uuid() AS id, array_agg(id ORDER BY position) AS video_ids,
               min(position) AS position, max(retry_count) + 1 AS attempt, max(limits) AS limits,
               job_id, owner_id, payer, shot_id, queue_rank, price, model,
               md5(concat_ws(chr(31), :provider, model, prompt_text, negative_prompt, image_key,
                             options::text)) AS request_hash
        FROM candidates
        GROUP BY job_id, owner_id, payer, shot_id, queue_rank, price, options, model,
                 prompt_text, negative_prompt, image_key, chunk
    ), priced AS (  -- a call that costs more than what is left does not block the cheaper ones behind it
        SELECT calls.*, COALESCE(queue_rank, min(queue_rank) OVER (PARTITION BY owner_id), 0) AS rank,
               {CALL_PRICE.format(price="calls.price")} AS call_price, caps.job_left,
               LEAST(caps.day_left, caps.month_left) AS owner_left
        FROM calls LEFT JOIN caps ON caps.job_id = calls.job_id
        WHERE caps.job_id IS NULL OR calls.price = 0
           OR {CALL_PRICE.format(price="calls.price")} <= {LEFT}
    ), in_job AS (
        SELECT priced.*,
               COALESCE((SELECT sum(n) FROM busy WHERE busy.job_id = priced.job_id), 0)
               + row_number() OVER (PARTITION BY job_id ORDER BY limits, position, id) AS job_turn,
               sum(call_price) OVER (PARTITION BY job_id ORDER BY limits, position, id) AS job_sum
        FROM priced
    ), in_owner AS (
        SELECT in_job.*,
               COALESCE((SELECT sum(n) FROM busy WHERE busy.owner_id = in_job.owner_id), 0)
               + row_number() OVER its AS owner_turn,
               sum(call_price) OVER its AS owner_sum
        FROM in_job WHERE call_price IS NULL OR call_price = 0 OR job_sum <= job_left
        WINDOW its AS (PARTITION BY owner_id ORDER BY limits > 1, rank, job_turn, position, id
                       ROWS UNBOUNDED PRECEDING)
    ), ranked AS (
        SELECT in_owner.*, row_number() OVER (
                   PARTITION BY payer ORDER BY owner_turn, job_turn, position, id) AS place
        FROM in_owner WHERE call_price IS NULL OR call_price = 0 OR owner_sum <= owner_left
    ), chosen AS (
        SELECT ranked.*, payers.places[ranked.place] AS credential_id
        FROM ranked JOIN payers ON payers.payer = ranked.payer AND ranked.place <= payers.n
    ), claimed AS (
        UPDATE videos SET status = '{TakeChanges.CLAIM.target}', submission_id = c.id, progress = NULL,
               retry_at = NULL, waiting_for = NULL, error_type = NULL, error_message = NULL,
               generation_started_at = COALESCE(generation_started_at, now())
        FROM (SELECT chosen.*, unnest(video_ids) AS video_id FROM chosen) c
        WHERE videos.id = c.video_id AND videos.status IN {sql_list(TakeChanges.CLAIM.sources)}
          AND videos.deleted_at IS NULL
        RETURNING videos.position AS video_position, c.*
    ), told AS (
        {TAKE_CLAIMED_EVENT}
    ), used AS (
        UPDATE credentials SET last_used_at = now(),
               spaced_until = now() + make_interval(
                   secs => LEAST(COALESCE(spacing_seconds, :spacing), {MOST_SPACING_SECONDS})
                           * (1 + random() / 4))
        WHERE id IN (SELECT credential_id FROM chosen)
    ), probing AS ({outages.PROBE})
    INSERT INTO submissions (id, owner_id, job_id, shot_id, subject_ids, attempt, provider, model,
                             credential_id, state, request_hash, cost_estimate, faults)
    SELECT id, owner_id, job_id, shot_id, array_agg(video_id ORDER BY video_position), attempt, :provider,
           model, credential_id, '{SubmissionChanges.CREATE.target}', request_hash,
           LEAST(price * count(*), {MOST_ESTIMATE}), 0
    FROM claimed
    GROUP BY id, owner_id, job_id, shot_id, attempt, model, credential_id, request_hash, price,
             owner_turn, job_turn, position
    ORDER BY owner_turn, job_turn, position
    RETURNING id
    """  # noqa: S608  # only our own constant is put in
)

_NEXT_LOOK = text(
    """
    SELECT next.at FROM (
        SELECT min(at) AS at FROM (
            SELECT min(v.retry_at) AS at FROM jobs j JOIN videos v ON v.job_id = j.id
            WHERE j.status = 'processing' AND v.status = 'queued' AND v.provider = :provider
              AND v.retry_at > now()
            UNION ALL
            SELECT min(GREATEST(c.resting_until, c.spaced_until)) FROM credentials c
            WHERE c.serves @> ARRAY[:provider] AND c.state = 'ready'
              AND GREATEST(c.resting_until, c.spaced_until) > now()
              AND EXISTS (SELECT 1 FROM jobs j JOIN videos v ON v.job_id = j.id
                          WHERE j.owner_id = c.owner_id AND j.status = 'processing'
                            AND v.status = 'queued' AND v.provider = :provider)
            UNION ALL
            SELECT min(until) FROM credential_rests WHERE provider = :provider AND until > now()
            UNION ALL
            SELECT min(until) FROM provider_outages WHERE provider = :provider AND until > now()
        ) each
    ) next
    WHERE NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs t
        WHERE t.status = 'todo' AND t.task_name = 'rushes:dispatch'
          AND t.args ->> 'provider' = :provider AND t.scheduled_at > now() AND t.scheduled_at <= next.at)
    """
)

_OVER = f"""
    status IN {sql_list(JobChanges.COMPLETE.sources)} AND NOT EXISTS (
        SELECT 1 FROM videos
        WHERE job_id = jobs.id AND status IN {sql_list(OPEN_VIDEOS)} AND deleted_at IS NULL)
"""  # noqa: S608  # only our own constants are put in
_LOCK_ENDING = text(
    f"SELECT id FROM jobs WHERE {_OVER} ORDER BY id FOR NO KEY UPDATE"  # noqa: S608  # only our own constant is put in
)
_END_JOBS = text(
    f"""
    WITH changed AS (
        UPDATE jobs SET ended_at = now(), {EXPIRES}, pause_reason = NULL, paused_by = NULL, status = CASE
            WHEN EXISTS (SELECT 1 FROM videos WHERE job_id = jobs.id AND status = 'completed')
            THEN '{JobChanges.COMPLETE.target}' ELSE '{JobChanges.FAIL.target}' END
        WHERE id = ANY(:ids) AND {_OVER}
        RETURNING *
    )
    {JOB_EVENT}
    """  # noqa: S608  # only our own constant is put in
)

_STORIES_OF = text(
    f"""
    SELECT session_id FROM jobs WHERE id = ANY(:ids) AND kind = '{JobKind.STORY}'
    UNION SELECT CAST(u.story_id AS text) FROM story_shots made
      JOIN shots s ON s.id = made.shot_id
      JOIN story_uses u ON u.owner_id = made.owner_id AND u.input_hash = made.input_hash
      JOIN stories t ON t.id = u.story_id AND t.status IN ('running', 'waiting') AND t.deleted_at IS NULL
    WHERE s.job_id = ANY(:ids)
    """  # noqa: S608  # our own constant
)
"""Of jobs: their stories, and others that wait for the same scenes."""


@dataclass(frozen=True)
class Terms:
    """On what terms a provider may be given work.

    `keyed`: it needs a credential (`what` that is called in words), and `concurrency` and `spacing_seconds`
    are for each.
    """

    provider: str
    title: str
    concurrency: int
    outputs_per_call: int
    keyed: bool = False
    what: str = "key"
    spacing_seconds: float = 0.0


@dataclass(frozen=True)
class Dispatched:
    """What one run of the dispatcher did. `next_look` is when the next thing may start, if that is known and
    no look is planned until then."""

    submission_ids: tuple[UUID, ...]
    next_look: datetime | None


def _bound(terms: Terms) -> dict[str, object]:
    return {
        "provider": terms.provider,
        "concurrency": terms.concurrency,
        "per_call": terms.outputs_per_call,
        "keyed": terms.keyed,
        "spacing": terms.spacing_seconds,
        "everybody": EVERYBODY,
    }


async def claim_plan(session: AsyncSession, terms: Terms) -> list[str]:
    """Return the lines of `EXPLAIN ANALYZE` of the claim query. It runs: what it claims has no tasks."""
    explained = text(f"EXPLAIN (ANALYZE, BUFFERS) {_CLAIM.text}")
    return list((await session.execute(explained, {**_bound(terms), "pin": None, **EVERY_MODEL})).scalars())


async def claim(session: AsyncSession, terms: Terms) -> Dispatched:
    """Claim what may start and put its tasks into the queue. One at a time a provider (engine lock)."""
    provider, keyed, per_call = terms.provider, terms.keyed, terms.outputs_per_call
    await session.execute(_LOCK, {"provider": provider})
    await holds.lock_budgets(session)
    await holds.let_go(session, provider=provider, keyed=keyed, per_call=per_call)
    given = _bound(terms)
    # What can only be made with one key has the first turn at it: the others have a choice.
    pins = await holds.pins(session, provider) if keyed else []
    # Likewise a model that rests on some keys.
    models = await credential_rests.model_choices(session, provider, keyed=keyed)
    ids: tuple[UUID, ...] = ()
    held = True
    while held:  # what is held makes way for what costs less behind it
        for pin in [*pins, None]:
            for each in models:
                claimed = await session.execute(_CLAIM, {**given, "pin": pin, **each})
                ids += tuple(claimed.scalars())
        held = await _hold(session, terms, pinned=bool(pins))
    await defer(session, [make_videos_task(submission_id, provider) for submission_id in ids])
    await outages.tell(session, provider=provider, title=terms.title, keyed=keyed)
    return Dispatched(ids, (await session.execute(_NEXT_LOOK, {"provider": provider})).scalar())


async def _hold(session: AsyncSession, terms: Terms, *, pinned: bool) -> bool:
    """Have what cannot start wait, with the reason. Returns whether something waits now that did not."""
    if pinned:
        await holds.hold_pinned(session, terms.provider)
    held = await holds.hold(
        session,
        provider=terms.provider,
        title=terms.title,
        what=terms.what,
        keyed=terms.keyed,
        per_call=terms.outputs_per_call,
    )
    return bool(held)


async def end_jobs(session: AsyncSession) -> tuple[UUID, ...]:
    """Mark jobs with nothing left to do as completed or failed. Returns their ids.

    Runs in a transaction of its own after the last video's: whichever of two last videos commits
    later sees both. Locked first and looked at again by a statement of its own: who adds a take holds the
    job's row, and what is committed while a statement waits for that row is not seen by the same statement.
    """
    ids = list((await session.execute(_LOCK_ENDING)).scalars())
    ended = tuple((await session.execute(_END_JOBS, {"ids": ids})).scalars()) if ids else ()
    if ended:
        stories = await session.execute(_STORIES_OF, {"ids": list(ended)})
        await defer(session, [story_task(UUID(each)) for each in stories.scalars()])
    return ended
