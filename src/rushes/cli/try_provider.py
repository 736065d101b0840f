"""`rushes providers test`: one real video, the cheapest there is, made like any other."""

import asyncio
import shutil
from itertools import product
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from PIL import Image

from rushes.cli._background import Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import YesOption
from rushes.cli._output import money, price, print_note, print_result
from rushes.cli._session import acting_user, confirm, is_interactive, with_runtime
from rushes.cli._watch import follow
from rushes.engine.credentials import usable
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.errors import ActionNeeded, Invalid
from rushes.jobs.rows import get_job
from rushes.jobs.start import create_planned, start_job
from rushes.jobs.upload import new_work_folder, upload
from rushes.keys.environment import take_in_environment
from rushes.planning.settings import Plan, check_shot, plan
from rushes.providers.video_contract import Mode, ShotInput

PROMPT = "A paper boat drifts on a calm lake at dawn, slow push in"
PICTURE = (1280, 720)


def try_provider(
    provider: Annotated[str, typer.Argument(help="Which one.")],
    yes: YesOption = False,
) -> None:
    """Have one video made, the cheapest there is, and say what it cost.

    This is a real one: it is asked for first, with its price.

    [bold]Example[/bold]
    $ rushes providers test omni
    """

    async def command(run: Runtime) -> int:
        await take_in_environment(run)
        checked = _cheapest(run, provider)
        async with run.db.statement() as session:
            ready = await usable(session, acting_user())
        if checked.provider.credential and not ready.get(provider):
            raise ActionNeeded(
                f"No working key for {checked.provider.title}.",
                hint=f"Add one: rushes keys add {provider}",
            )
        if not await _confirmed(checked, yes):
            return Code.USAGE
        job_id = await _start(run, checked)
        background = Background(run)
        await background.ensure()
        code = await follow(run, job_id, background, json=False)
        async with run.db.statement() as session:
            job = await get_job(session, acting_user(), job_id)
        print_result(
            f"{checked.provider.title} made {job.completed_videos} of 1 video. Cost: {money(job.cost)}."
        )
        return code

    exit_with(with_runtime(command))


async def _confirmed(checked: Plan, yes: bool) -> bool:
    options = checked.options
    cost = price(checked.take_price, checked.take_credits, known=checked.price_known)
    print_note(
        f"One video by {checked.provider.title} ({checked.model.id}, {options.resolution},"
        f" {options.duration_seconds} s): {cost}."
    )
    if yes or cost == "free":
        return True
    if not is_interactive():
        print_note("Pass --yes to continue.", "bold red")
        return False
    return await confirm("Generate it?")


def _cheapest(run: Runtime, provider_id: str) -> Plan:
    """The settings of the cheapest video that the provider takes. Raises `Invalid`, `NotFound`."""
    provider = run.providers.get(provider_id)
    properties = provider.Options.model_json_schema().get("properties", {})
    tries = product(
        [model.id for model in run.providers.catalogue(provider_id).models],
        _values(properties, "resolution"),
        _values(properties, "duration_seconds"),
    )
    found: list[Plan] = []
    fault: Invalid | None = None
    for model, resolution, duration in tries:
        given = {
            "provider": provider_id,
            "model": model,
            "resolution": resolution,
            "duration_seconds": duration,
            "allow_text_only": Mode.TEXT_TO_VIDEO in provider.modes,
        }
        try:
            checked = plan(run, JobSettings.model_validate(given))
        except Invalid as error:
            fault = error
            continue
        if not check_shot(checked, _shot(checked), "the test"):
            found.append(checked)
    if not found:
        raise fault or Invalid(f"{provider.title} takes no simple video.")
    return min(found, key=lambda each: (each.take_price, each.take_credits))


def _values(properties: dict[str, Any], name: str) -> list[Any]:
    """All an option can be, where they are counted; else its default."""
    schema = properties.get(name, {})
    return schema.get("enum") or [schema.get("const", schema.get("default"))]


def _shot(checked: Plan) -> ShotInput:
    image = None if Mode.TEXT_TO_VIDEO in checked.provider.modes else Path("1.png")
    return ShotInput(PROMPT, None, image, checked.model.id, seeds=(1,))


async def _start(run: Runtime, checked: Plan) -> UUID:
    job_id = await create_planned(run, acting_user(), f"Test of {checked.provider.title}", checked)
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        images, prompts = await asyncio.to_thread(_write, work, text_only=_shot(checked).image is None)
        await upload(run, acting_user(), job_id, images, prompts)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    await start_job(run, acting_user(), job_id)
    return job_id


def _write(work: Path, *, text_only: bool) -> tuple[list[tuple[str, Path]] | None, tuple[str, Path]]:
    prompts = work / "prompts.txt"
    prompts.write_text(f"1. {PROMPT}\n")
    if text_only:
        return None, (prompts.name, prompts)
    image = work / "1.png"
    Image.new("RGB", PICTURE, (70, 110, 150)).save(image)
    return [(image.name, image)], (prompts.name, prompts)
