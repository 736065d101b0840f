"""Reads generations, by id, by story, and by the hash of what was asked for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text

from rushes.engine.generations_shapes import GenerationView, read_result
from rushes.errors import NotFound
from rushes.platform.db.engine import Executor
from rushes.providers.kinds import Kind

_FIND = text(
    """
    SELECT * FROM generations WHERE owner_id = :owner AND kind = :kind AND input_hash = :hash
    ORDER BY status = 'completed' DESC, ended_at IS NULL DESC, created_at DESC, id LIMIT 1
    """
)


async def read_generation(session: Executor, owner: UUID, generation_id: UUID) -> GenerationView:
    """Return one as it is now. Raises `NotFound`, also for somebody else's."""
    found = await read_generations(session, owner, [generation_id])
    if not found:
        raise NotFound(f"There is no generation {generation_id}.")
    return found[0]


async def read_generations(session: Executor, owner: UUID, ids: Sequence[UUID]) -> list[GenerationView]:
    """Return those of them that are an owner's, the oldest first."""
    rows = await session.execute(
        text("SELECT * FROM generations WHERE owner_id = :owner AND id = ANY(:ids) ORDER BY created_at, id"),
        {"owner": owner, "ids": list(ids)},
    )
    return [view_of(row) for row in rows.mappings()]


async def generations_of_story(session: Executor, owner: UUID, story_id: UUID) -> list[GenerationView]:
    """Return all of a story, the oldest first."""
    rows = await session.execute(
        text(
            "SELECT * FROM generations WHERE owner_id = :owner AND story_id = :story ORDER BY created_at, id"
        ),
        {"owner": owner, "story": story_id},
    )
    return [view_of(row) for row in rows.mappings()]


async def find_by_hash(
    session: Executor,
    owner: UUID,
    kind: Kind,
    hash: str,  # noqa: A002  # the field's own word
) -> GenerationView | None:
    """Return what there is of these inputs: a completed one, else one that has not ended, else the newest."""
    rows = await session.execute(_FIND, {"owner": owner, "kind": str(kind), "hash": hash})
    row = rows.mappings().one_or_none()
    return None if row is None else view_of(row)


def view_of(row: RowMapping) -> GenerationView:
    """Return a row of `generations` as a view."""
    result = row["result"]
    if result is not None:
        result = read_result(Kind(row["kind"]), result)
    return GenerationView.model_validate({**row, "result": result})
