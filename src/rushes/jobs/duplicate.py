"""Copies a job: the same settings, shots and images, not started, to be changed and started."""

import asyncio
import shutil
from pathlib import PurePosixPath
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind
from rushes.errors import Conflict
from rushes.jobs.inputs import inputs_of_job
from rushes.jobs.rows import locked_job
from rushes.jobs.start import NAME_LENGTH, add_job, plan_of
from rushes.jobs.upload import asset_row, new_work_folder
from rushes.platform.db.copies import Asset
from rushes.platform.db.models import Shot
from rushes.platform.storage.bucket import Stored

COPY = "{} (copy)"


async def duplicate_job(run: Runtime, owner: UUID, job_id: UUID) -> UUID:
    """Return the id of the copy. Prompts and images are those of the shots, not of takes made again.

    Raises `NotFound`, and `Conflict` for what is no batch, or continues from takes of its own.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, job_id)
        if job.kind != JobKind.BATCH:
            raise Conflict("Only a batch can be duplicated.", hint="Use its prompt in the Studio.")
        if await inputs_of_job(session, job_id):
            raise Conflict("Some shots of this job continue from its own takes; it cannot be duplicated.")
        shots = list(await session.scalars(select(Shot).where(Shot.job_id == job_id).order_by(Shot.number)))
        checked = plan_of(run, job)
        facts = (job.name, job.image_count, job.prompt_count, job.upload)
    name, image_count, prompt_count, upload = facts
    new_id = uuid4()
    stored: dict[str, Stored] = {}
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        for key in {shot.image_key for shot in shots if shot.image_key}:
            async with run.bucket.local(key) as file:
                copied = await asyncio.to_thread(shutil.copyfile, file, work / str(uuid4()))
            stored[key] = await run.bucket.put(f"jobs/{new_id}/images/{PurePosixPath(key).name}", copied)
        async with run.db.begin() as session:
            await add_job(
                session,
                owner,
                new_id,
                COPY.format(name[: NAME_LENGTH - len(COPY)]),
                checked,
                image_count=image_count,
                prompt_count=prompt_count,
                upload=upload,
            )
            if stored:
                await session.execute(
                    insert(Asset), [asset_row(owner, new_id, each) for each in stored.values()]
                )
            if shots:
                await session.execute(insert(Shot), [_copy(each, new_id, stored) for each in shots])
    except BaseException:
        await run.bucket.delete(*(each.key for each in stored.values()))
        raise
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    return new_id


def _copy(shot: Shot, job_id: UUID, stored: dict[str, Stored]) -> dict[str, object]:
    same = ("owner_id", "number", "prompt", "negative_prompt", "image_filename", "seed", "options")
    return {
        **{name: getattr(shot, name) for name in same},
        "id": uuid4(),
        "job_id": job_id,
        "image_key": stored[shot.image_key].key if shot.image_key else None,
    }
