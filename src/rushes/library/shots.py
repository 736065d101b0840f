"""A shot as it is shown: what takes are made from, and the options in which it differs from its job."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.errors import NotFound
from rushes.platform.db.engine import Executor


class ShotView(BaseModel):
    """One shot."""

    shot_id: UUID
    job_id: UUID
    number: int
    prompt: str
    negative_prompt: str | None
    image_filename: str | None
    image_url: str | None = Field(description="The image it starts from; `?width=` gives a small one.")
    seed: int
    options: dict[str, Any] = Field(
        description="Options of the provider in which it differs from its job. A take has all of them."
    )


async def get_shot(session: Executor, owner: UUID, shot_id: UUID) -> ShotView:
    """Return one shot. Raise `NotFound`, also for somebody else's."""
    rows = await session.execute(
        text("SELECT * FROM shots WHERE id = :id AND owner_id = :owner"), {"id": shot_id, "owner": owner}
    )
    if (row := rows.one_or_none()) is None:
        raise NotFound(f"There is no shot {shot_id}.")
    return ShotView(
        shot_id=row.id,
        job_id=row.job_id,
        number=row.number,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        image_filename=row.image_filename,
        image_url=f"/api/shots/{row.id}/image" if row.image_key else None,
        seed=row.seed,
        options=row.options,
    )
