"""Presets: named settings of jobs, kept on the server so that every browser offers the same."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.errors import Conflict, Invalid, NotFound
from rushes.jobs.start import clean_name
from rushes.planning.settings import plan
from rushes.platform.db.engine import Executor
from rushes.platform.db.presets import Preset
from rushes.platform.requests import RequestModel

MOST_PRESETS = 200
"""Per owner: the list is not paged."""


class NewPreset(RequestModel):
    """The body that saves a preset."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200, description="What to call it; one of this name is replaced.")
    settings: JobSettings = Field(description="The settings, as `POST /api/jobs/create` takes them.")


class PresetView(BaseModel):
    """Named settings."""

    preset_id: UUID
    name: str
    settings: dict[str, Any]
    created_at: datetime


async def list_presets(session: Executor, owner: UUID) -> list[PresetView]:
    """Return an owner's presets by name."""
    rows = await session.execute(
        select(Preset.id.label("preset_id"), Preset.name, Preset.settings, Preset.created_at)
        .where(Preset.owner_id == owner)
        .order_by(func.lower(Preset.name), Preset.id)
    )
    return [PresetView.model_validate(row, from_attributes=True) for row in rows]


async def save_preset(run: Runtime, owner: UUID, new: NewPreset) -> PresetView:
    """Save settings under a name; those of the same name are replaced.

    Raises `Invalid` for settings that their provider does not take, and `Conflict` when there are too many.
    """
    if new.settings.provider is None:
        raise Invalid("A preset names its provider.")
    plan(run, new.settings)
    name = clean_name(new.name)
    settings = new.settings.model_dump(mode="json", exclude_none=True)
    async with run.db.begin() as session:
        count = select(func.count()).select_from(Preset).where(Preset.owner_id == owner, Preset.name != name)
        if (await session.scalar(count) or 0) >= MOST_PRESETS:
            raise Conflict(f"There are {MOST_PRESETS} presets already, the most there may be.")
        row = await session.execute(
            insert(Preset)
            .values(id=uuid4(), owner_id=owner, name=name, settings=settings)
            .on_conflict_do_update(constraint="presets_by_name", set_={"settings": settings})
            .returning(Preset.id.label("preset_id"), Preset.name, Preset.settings, Preset.created_at)
        )
        return PresetView.model_validate(row.one(), from_attributes=True)


async def delete_preset(run: Runtime, owner: UUID, preset_id: UUID) -> None:
    """Delete a preset. Raises `NotFound`."""
    async with run.db.begin() as session:
        gone = await session.execute(
            delete(Preset).where(Preset.id == preset_id, Preset.owner_id == owner).returning(Preset.id)
        )
        if gone.scalar() is None:
            raise NotFound(f"There is no preset {preset_id}.", hint="GET /api/presets lists them.")
