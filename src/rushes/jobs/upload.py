"""Takes a batch into a job: everything is checked first, and nothing stays behind when it does not hold."""

import asyncio
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, update

from rushes.engine import assets
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.views import UnmatchedPrompt, UploadReport
from rushes.errors import Conflict
from rushes.intake.apart import read_batch_apart
from rushes.intake.batch import Batch, BatchShot
from rushes.intake.matching import Pair
from rushes.intake.order import Choices
from rushes.intake.pairing import place
from rushes.jobs.rows import locked_job
from rushes.jobs.start import plan_of
from rushes.planning.settings import plans_of_shots
from rushes.platform.db.copies import Asset
from rushes.platform.db.models import Job, Shot
from rushes.platform.storage.bucket import Stored

Images = Path | Sequence[tuple[str, Path]] | None
"""A ZIP, a folder, or named files; None when every prompt is text only."""


def new_work_folder(run: Runtime) -> Path:
    """A folder for one upload; whoever asks deletes it. A crash leaves it to the sweeper."""
    folder = run.settings.work_dir / f"upload-{uuid4()}"
    folder.mkdir(parents=True)
    return folder


async def upload(
    run: Runtime,
    owner: UUID,
    job_id: UUID,
    images: Images,
    prompts: tuple[str, Path] | None,
    pairs: Sequence[Pair] | None = None,
    choices: Choices | None = None,
) -> UploadReport:
    """Replace a pending job's shots by these (matched, or as `pairs` say).

    Raises `Invalid` with every fault found, `Conflict`.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        _refuse_started(job)
        checked = plan_of(run, job)
    if pairs is not None:
        plans_of_shots(checked, [(place(each.number), each.options) for each in pairs])
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        batch = await read_batch_apart(
            images,
            prompts,
            work,
            run.settings,
            allow_text_only=bool(job.settings["allow_text_only"]),
            max_prompt_chars=checked.provider.limits.max_prompt_chars,
            pairs=pairs,
            choices=choices,
        )
        return await store_batch(run, owner, job_id, batch)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


def _refuse_started(job: Job) -> None:
    if job.status != JobStatus.PENDING:
        raise Conflict(
            f"The job is {job.status}; images and prompts can only be uploaded before the start.",
            hint="Make a new job for another batch.",
        )


async def store_batch(run: Runtime, owner: UUID, job_id: UUID, batch: Batch) -> UploadReport:
    """Make a batch that was read the shots of a pending job. Raises `Conflict`, `NotFound`."""
    # A folder of its own for each upload: the one it replaces is deleted after the rows have changed.
    prefix = f"jobs/{job_id}/images/{secrets.token_hex(4)}"
    stored = await _put_images(run, prefix, batch.shots)
    report = report_of(batch)
    try:
        async with run.db.begin() as session:
            job = await locked_job(session, owner, job_id)
            _refuse_started(job)
            replaced = await assets.keys_of_job(session, job_id)
            await session.execute(delete(Shot).where(Shot.job_id == job_id))
            await session.execute(delete(Asset).where(Asset.job_id == job_id))
            images = {each.key: each for each in stored if each is not None}
            if images:
                await session.execute(
                    insert(Asset), [asset_row(owner, job_id, each) for each in images.values()]
                )
            await session.execute(
                insert(Shot),
                [
                    {
                        "owner_id": owner,
                        "job_id": job_id,
                        "number": shot.number,
                        "prompt": shot.prompt,
                        "negative_prompt": shot.negative_prompt or job.settings["negative_prompt"],
                        "image_filename": shot.image_filename,
                        "image_key": image.key if image else None,
                        "seed": _seed(job, shot),
                        "options": dict(shot.options),
                    }
                    for shot, image in zip(batch.shots, stored, strict=True)
                ],
            )
            await session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(
                    image_count=len(images),
                    prompt_count=batch.prompt_count,
                    upload=report.model_dump(mode="json"),
                )
            )
    except BaseException:
        await run.bucket.delete(*(each.key for each in stored if each))
        raise
    await run.bucket.delete(*replaced)
    return report


async def _put_images(run: Runtime, prefix: str, shots: Sequence[BatchShot]) -> list[Stored | None]:
    """Store the images of a batch, all or none. An image of several shots is stored once."""
    first: dict[Path, int] = {}
    for shot in shots:
        if shot.image:
            first.setdefault(shot.image.path, shot.number)
    puts = (run.bucket.put(f"{prefix}/{number:04d}{path.suffix}", path) for path, number in first.items())
    results = await asyncio.gather(*puts, return_exceptions=True)
    stored = [each for each in results if not isinstance(each, BaseException)]
    for error in results:
        if isinstance(error, BaseException):
            await run.bucket.delete(*(each.key for each in stored))
            raise error
    of = dict(zip(first, stored, strict=True))
    return [of[shot.image.path] if shot.image else None for shot in shots]


def asset_row(owner: UUID, job_id: UUID, stored: Stored) -> dict[str, object]:
    """The row of an image that was stored."""
    return {
        "key": stored.key,
        "owner_id": owner,
        "job_id": job_id,
        "media_type": "image/png" if stored.key.endswith(".png") else "image/jpeg",
        "sha256": stored.sha256,
        "size_bytes": stored.size,
    }


def _seed(job: Job, shot: BatchShot) -> int:
    """The job's seed makes every shot's; without one each shot has a seed of its own."""
    given = job.settings["seed"]
    if given is None:
        return secrets.randbelow(2**31)
    return (int(given) + 1000 * shot.number) % 2**31


def report_of(batch: Batch) -> UploadReport:
    """What was found in a batch."""
    return UploadReport(
        uploaded=True,
        image_count=batch.image_count,
        prompt_count=batch.prompt_count,
        matched=len(batch.shots),
        unmatched_images=list(batch.report.unmatched_images),
        unmatched_prompts=[
            UnmatchedPrompt(number=each.number, line=each.line, text=each.text)
            for each in batch.report.unmatched_prompts
        ],
        warnings=[f"{each.where}: {each.message}" for each in batch.warnings],
        paired_by=batch.report.paired_by.value if batch.report.paired_by else None,
    )
