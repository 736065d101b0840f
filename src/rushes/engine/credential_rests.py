"""Rests of one model on a key: the key's other models continue (`limited.py` says when)."""

from uuid import UUID

from sqlalchemy import text

from rushes.engine.credentials import CREDENTIAL_EVENT
from rushes.errors import ErrorType
from rushes.platform.db.engine import Executor

_REST_MODEL = text(
    f"""
    WITH rested AS (
        INSERT INTO credential_rests AS r (credential_id, owner_id, provider, model, until, error_type)
        SELECT id, owner_id, :provider, :model, now() + make_interval(secs => :seconds), :why
        FROM credentials WHERE id = :id AND state <> 'deleted'
        ON CONFLICT (credential_id, provider, model) DO UPDATE
        SET until = GREATEST(r.until, excluded.until), error_type = excluded.error_type
        RETURNING credential_id
    ), changed AS (
        UPDATE credentials SET last_limited_at = now() WHERE id IN (SELECT credential_id FROM rested)
        RETURNING *
    ) {CREDENTIAL_EVENT}
    """  # noqa: S608  # only our own constant is put in
)


async def rest_model(
    session: Executor, credential_id: UUID, provider: str, model: str, seconds: float, why: ErrorType
) -> None:
    """Submit nothing new of this model with it for so long; its other models go on. With an event."""
    given = {"id": credential_id, "provider": provider, "model": model, "seconds": seconds}
    await session.execute(_REST_MODEL, {**given, "why": str(why), "job_id": None})


async def end_rests(session: Executor, credential_id: UUID) -> None:
    """End the rests of a credential's models."""
    await session.execute(
        text("DELETE FROM credential_rests WHERE credential_id = :id"), {"id": credential_id}
    )


async def model_choices(session: Executor, provider: str, *, keyed: bool) -> list[dict[str, object]]:
    """Return what the statements of a claim are given, one after another, as `model` and `rested`.

    First each model that rests on some key, with the keys that are left for it; then all others (`model` is
    None), without those.
    """
    rested = await _resting_models(session, provider) if keyed else []
    one_model: list[dict[str, object]] = [{"model": each, "rested": []} for each in rested]
    return [*one_model, {"model": None, "rested": rested}]


async def _resting_models(session: Executor, provider: str) -> list[str]:
    rows = await session.execute(
        text("SELECT DISTINCT model FROM credential_rests WHERE provider = :provider AND until > now()"),
        {"provider": provider},
    )
    return list(rows.scalars())
