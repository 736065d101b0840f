"""A person's version of a generated script, kept beside what was written."""

from uuid import UUID

from sqlalchemy import text

from rushes.platform.db.engine import Executor
from rushes.providers.script_contract import Draft

_READ = text(
    "SELECT result -> 'edited' FROM generations WHERE id = :id AND owner_id = :owner AND kind = 'script'"
)
_STORE = text(
    """
    UPDATE generations SET result = result || jsonb_build_object('edited', CAST(:draft AS jsonb))
    WHERE id = :id AND owner_id = :owner AND kind = 'script' AND status = 'completed' AND result IS NOT NULL
    RETURNING id
    """
)


async def read_edited_script(session: Executor, owner: UUID, script_id: UUID) -> Draft | None:
    """Return a person's version of a script; None when there is none."""
    edited = (await session.execute(_READ, {"id": script_id, "owner": owner})).scalar_one_or_none()
    return None if edited is None else Draft.model_validate(edited)


async def store_edited_script(session: Executor, owner: UUID, script_id: UUID, draft: Draft) -> bool:
    """Store a person's version of a script. False: it is not there, or not written yet."""
    values = {"id": script_id, "owner": owner, "draft": draft.model_dump_json()}
    return (await session.execute(_STORE, values)).scalar_one_or_none() is not None
