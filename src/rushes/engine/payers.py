"""Who can pay for calls to a provider now, and for how many: what every claim begins with.

Where a provider needs a credential the slots are those of the owner's own ones, the least recently limited
first; else all share one number of slots.
"""

from rushes.engine import outages
from rushes.engine.credential_views import MOST_CONCURRENCY
from rushes.engine.states import ACTIVE_SUBMISSIONS, sql_list

PAYERS = f"""
    busy AS (
        SELECT owner_id, job_id, credential_id, count(*) AS n FROM submissions
        WHERE provider = :provider AND state IN {sql_list(ACTIVE_SUBMISSIONS)}
        GROUP BY owner_id, job_id, credential_id
    ), rooms AS (
        SELECT :everybody AS payer, NULL::uuid AS credential_id, NULL::timestamptz AS last_limited_at,
               NULL::timestamptz AS last_used_at, 0 AS in_flight,
               LEAST(GREATEST(:concurrency - COALESCE((SELECT sum(n) FROM busy), 0), 0),
                     {outages.PLACES.format(credential=":everybody")})::int AS n
        WHERE NOT :keyed
        UNION ALL
        SELECT c.owner_id, c.id, c.last_limited_at, c.last_used_at, used.n,
               LEAST(GREATEST(LEAST(COALESCE(c.concurrency, :concurrency), {MOST_CONCURRENCY}) - used.n, 0),
                     CASE WHEN COALESCE(c.spacing_seconds, :spacing) > 0 THEN 1 END,
                     {outages.PLACES.format(credential="c.id")})::int
        FROM credentials c CROSS JOIN LATERAL (
            SELECT COALESCE(sum(n), 0)::int AS n FROM busy WHERE busy.credential_id = c.id
        ) used
        WHERE :keyed AND c.serves @> ARRAY[:provider] AND c.state = 'ready'
          AND (CAST(:pin AS uuid) IS NULL OR c.id = :pin)
          AND (c.resting_until IS NULL OR c.resting_until <= now())
          AND (c.spaced_until IS NULL OR c.spaced_until <= now())
          AND NOT EXISTS (SELECT 1 FROM credential_rests r
                          WHERE r.credential_id = c.id AND r.provider = :provider
                            AND r.model = CAST(:model AS text) AND r.until > now())
    ), payers AS (  -- each with its places in the order they are taken
        SELECT payer, count(*)::int AS n, array_agg(credential_id ORDER BY last_limited_at NULLS FIRST,
                   in_flight + nth, last_used_at NULLS FIRST, credential_id) AS places
        FROM rooms CROSS JOIN LATERAL generate_series(1, rooms.n) AS nth
        GROUP BY payer
    )
"""  # noqa: S608  # only our own constants are put in
"""Three tables for a statement's WITH: `busy` (calls in flight), `rooms` (slots of each credential) and
`payers` (each with its `n` slots and, as `places`, the credentials in the order in which they are used).

Bound: `provider`, `keyed`, `concurrency`, `spacing`, `everybody`, `pin`, and `model`: the one it is for, or
null.
"""
