"""Before there is a job: what it would cost, and what the server would say of images and prompts."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid
from rushes.intake.apart import dry_run_apart
from rushes.intake.archive import NamedFile, list_archive
from rushes.intake.dry_run import DryRun
from rushes.intake.kinds import FileKind
from rushes.intake.matching import Pair
from rushes.intake.order import Choices
from rushes.intake.pairing import place
from rushes.jobs.overview_views import CheckedPair, Estimate, Finding, UploadCheck, ZipFileView
from rushes.jobs.start import estimate
from rushes.planning.routing import BATCH, plan_for
from rushes.planning.settings import Plan, check_shot, plans_of_shots
from rushes.providers.video_contract import ShotInput

_KINDS: dict[FileKind, Literal["image", "prompts", "other"]] = {
    FileKind.IMAGE: "image",
    FileKind.PROMPTS: "prompts",
    FileKind.OTHER: "other",
}


async def estimate_job(run: Runtime, owner: UUID, settings: JobSettings, shots: int) -> Estimate:
    """What so many shots are expected to take. Raises `Invalid` when the settings do not fit."""
    checked = await plan_for(run, owner, settings, BATCH)
    return await _estimate(run, owner, checked, [checked] * shots)


async def check_batch(
    run: Runtime,
    owner: UUID,
    settings: JobSettings,
    names: Sequence[str],
    prompts: NamedFile | None,
    pairs: Sequence[Pair] | None,
    choices: Choices | None = None,
    texts: Sequence[NamedFile] = (),
) -> UploadCheck:
    """What an upload of images with these names would be told, and its shots by their provider.

    `texts` are prompts files that lie among the images. Nothing is stored. Raises `Invalid` when the
    settings do not fit.
    """
    checked = await plan_for(run, owner, settings, BATCH)
    tried = await dry_run_apart(
        prompts,
        run.settings,
        names,
        pairs,
        allow_text_only=settings.allow_text_only,
        max_prompt_chars=checked.provider.limits.max_prompt_chars,
        choices=choices,
        texts=texts,
    )
    shots = tried.paired.shots
    plans, refused = _plans(checked, shots)
    return UploadCheck(
        pairs=[_shown(pair) for pair in tried.paired.report.pairs],
        unmatched_images=list(tried.paired.report.unmatched_images),
        errors=_findings((*tried.faults, *refused, *_refusals(plans, tried))),
        warnings=_findings(tried.warnings),
        shots=len(shots),
        paired_by=tried.paired.report.paired_by,
        pairings=list(tried.paired.report.offers),
        readings=dict(tried.readings),
        estimate=await _estimate(run, owner, checked, plans),
    )


def _plans(checked: Plan, shots: Sequence[Pair]) -> tuple[list[Plan], list[Fault]]:
    """The plan of each shot (the job's where its own options do not fit), and what does not fit."""
    plans: list[Plan] = []
    faults: list[Fault] = []
    for pair in shots:
        try:
            plans += plans_of_shots(checked, [(place(pair.number), pair.options)])
        except Invalid as error:
            plans.append(checked)
            faults += error.faults
    return plans, faults


async def look_into(run: Runtime, directory: NamedFile, images: Sequence[int]) -> list[ZipFileView]:
    """The files of a ZIP by its directory, `images` being places of those that are images by content.

    Raises `Invalid` with every fault that the directory shows.
    """
    name, path = directory
    files = await asyncio.to_thread(list_archive, path, name, images, run.settings)
    return [ZipFileView(index=f.index, name=f.name, kind=_KINDS[f.kind], date=f.date) for f in files]


def _refusals(plans: Sequence[Plan], tried: DryRun) -> list[Fault]:
    """What the provider would refuse; not once more what has been found already."""
    if tried.faults:
        return []
    return [
        fault
        for checked, pair in zip(plans, tried.paired.shots, strict=True)
        if pair.prompt
        for fault in check_shot(checked, _shot(checked, pair), place(pair.number))
    ]


def _shot(checked: Plan, pair: Pair) -> ShotInput:
    text, negative = (pair.prompt.text, pair.prompt.negative_prompt) if pair.prompt else ("", None)
    return ShotInput(
        prompt=text,
        negative_prompt=negative or checked.settings.negative_prompt,
        image=Path(pair.image) if pair.image else None,
        model=checked.model.id,
        seeds=(0,),
    )


def _shown(pair: Pair) -> CheckedPair:
    prompt = pair.prompt
    return CheckedPair(
        number=pair.number,
        image=pair.image,
        prompt=prompt.text if prompt else None,
        negative_prompt=prompt.negative_prompt if prompt else None,
        line=(prompt.line or None) if prompt else None,
        options=dict(pair.options),
    )


def _findings(faults: Sequence[Fault]) -> list[Finding]:
    return [Finding(where=each.where, message=each.message, code=each.code) for each in faults]


async def _estimate(run: Runtime, owner: UUID, checked: Plan, plans: Sequence[Plan]) -> Estimate:
    async with run.db.begin() as session:
        expected = await estimate(run, session, owner, plans)
    return Estimate(**vars(expected), videos=len(plans) * checked.settings.outputs)
