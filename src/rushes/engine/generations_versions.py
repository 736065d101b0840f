"""A person's version of a script that was written: kept beside what came of the call, which stays as it is.

The written one is what its inputs lead to, and is found by their hash; an edit changes nothing about that.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.states import VideoStatus
from rushes.platform.db.engine import Executor
from rushes.providers.script_contract import Draft

_READ = text(
    "SELECT result -> 'edited' AS edited FROM generations"
    " WHERE id = :id AND owner_id = :owner AND kind = 'script'"
)
_STORE = text(
    f"""
    UPDATE generations SET result = result || jsonb_build_object('edited', CAST(:draft AS jsonb))
    WHERE id = :id AND owner_id = :owner AND kind = 'script' AND status = '{VideoStatus.COMPLETED}'
      AND result IS NOT NULL
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)


async def read_version(session: Executor, owner: UUID, script_id: UUID) -> Draft | None:
    """Return a person's version of a script; None where nobody has changed it."""
    found = await session.execute(_READ, {"id": script_id, "owner": owner})
    edited = found.scalar_one_or_none()
    return None if edited is None else Draft.model_validate(edited)


async def store_version(session: AsyncSession, owner: UUID, script_id: UUID, draft: Draft) -> bool:
    """Store a person's version. Returns whether there is a script that is written, to store it with."""
    values = {"id": script_id, "owner": owner, "draft": draft.model_dump_json()}
    return (await session.execute(_STORE, values)).scalar_one_or_none() is not None
