"""Presets: named settings of jobs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from fastapi.openapi.models import Example

from rushes.api import examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.jobs import presets
from rushes.jobs.presets import NewPreset, PresetView

router = APIRouter(prefix="/api/presets", tags=["jobs"])

PRESET = PresetView(
    preset_id=examples.PROJECT_ID,
    name="Portrait, two takes",
    settings={"provider": "animatic", "aspect_ratio": "9:16", "outputs": 2},
    created_at=examples.VIDEO.created_at,
)
NEW_PRESET: dict[str, Example] = {"portrait": {"value": {"name": PRESET.name, "settings": PRESET.settings}}}


@router.get("", responses=answers([PRESET], "Your presets."), summary="List presets")
async def read_presets(run: Run, owner: Owner) -> list[PresetView]:
    """Named settings, by name."""
    async with run.db.statement() as session:
        return await presets.list_presets(session, owner)


@router.put(
    "",
    responses=answers(PRESET, "The preset is saved.") | problems(conflict="There are too many."),
    summary="Save a preset",
)
async def save_preset(
    new: Annotated[NewPreset, Body(openapi_examples=NEW_PRESET)],
    run: Run,
    owner: Owner,
) -> PresetView:
    """Save settings under a name; those of the same name are replaced."""
    return await presets.save_preset(run, owner, new)


@router.delete(
    "/{preset_id}",
    status_code=204,
    responses=problems(not_found="There is no such preset."),
    summary="Delete a preset",
)
async def delete_preset(
    preset_id: Annotated[UUID, Path(description="The preset.")], run: Run, owner: Owner
) -> Response:
    """Delete a preset. Jobs made with it stay as they are."""
    await presets.delete_preset(run, owner, preset_id)
    return Response(status_code=204)
