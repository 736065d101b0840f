"""One prompt, one video: a job with a single shot, made, filled and started in one transaction.

So whatever holds for batches holds for it: the ledger, budgets, retries, restarts.
"""

import asyncio
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import func, insert, select

from rushes.actions.jobs import delete_job
from rushes.actions.routing import plan_for
from rushes.actions.settings import Plan, check_shot, faults_of
from rushes.actions.start_job import add_job, start_in
from rushes.actions.upload import asset_row, new_work_folder
from rushes.actions.videos import delete_video
from rushes.core.states import JobKind
from rushes.core.views import JobSettings
from rushes.db.models import Asset, Shot, Video
from rushes.db.queries.files import StoredFile
from rushes.db.queries.one_prompt import get_one
from rushes.errors import Fault, Invalid
from rushes.intake.images import normalise_image
from rushes.providers._contract import ShotInput
from rushes.runtime import Runtime

_NAME_LENGTH = 80


@dataclass(frozen=True)
class StartImage:
    """The first frame: a file as its owner has it, or one of ours, which is taken over as it is."""

    name: str
    source: Path | StoredFile


@dataclass(frozen=True)
class Wish:
    """What is asked for. `settings` are a job's (provider, model, seed, options), those that were given."""

    prompt: str
    settings: dict[str, Any]
    negative_prompt: str | None = None
    session_id: str | None = None
    source_video_id: UUID | None = None


async def make_one(
    run: Runtime, owner: UUID, kind: JobKind, wish: Wish, image: StartImage | None = None
) -> UUID:
    """Have one video made. Returns its id. Raises `Invalid` with one fault a field."""
    checked = await plan_for(run, owner, _settings(wish))
    job_id, shot_id = uuid4(), uuid4()
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        file = await _take_in(run, image, work) if image else None
        shot = ShotInput(wish.prompt, wish.negative_prompt, file, checked.model.id, (0,))
        if faults := check_shot(checked, shot, "prompt"):
            faults = [Fault(each.where.removeprefix("prompt, "), each.message, each.code) for each in faults]
            raise Invalid(f"{checked.provider.title} would refuse this.", faults)
        stored = await run.bucket.put(f"jobs/{job_id}/images/{shot_id}.jpg", file) if file else None
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    try:
        async with run.db.begin() as session:
            await add_job(
                session,
                owner,
                job_id,
                " ".join(wish.prompt.split())[:_NAME_LENGTH],
                checked,
                kind=str(kind),
                session_id=wish.session_id,
                source_video_id=wish.source_video_id,
                image_count=int(stored is not None),
                prompt_count=1,
            )
            if stored:
                await session.execute(insert(Asset), [asset_row(owner, job_id, stored)])
            await session.execute(
                insert(Shot).values(
                    id=shot_id,
                    owner_id=owner,
                    job_id=job_id,
                    number=1,
                    prompt=wish.prompt,
                    negative_prompt=wish.negative_prompt,
                    image_filename=image.name if image else None,
                    image_key=stored.key if stored else None,
                    seed=_seed(checked),
                )
            )
            await start_in(run, session, owner, job_id)
            video_id = await session.scalar(select(Video.id).where(Video.job_id == job_id))
    except BaseException:
        if stored:
            await run.bucket.delete(stored.key)
        raise
    assert video_id
    return video_id


def _settings(wish: Wish) -> JobSettings:
    try:
        return JobSettings.model_validate({**wish.settings, "allow_text_only": True, "outputs": 1})
    except ValidationError as error:
        raise Invalid("These settings are not possible.", faults_of(error)) from error


def _seed(checked: Plan) -> int:
    given = checked.settings.seed
    return secrets.randbelow(2**31) if given is None else given


async def _take_in(run: Runtime, image: StartImage, work: Path) -> Path:
    if isinstance(image.source, StoredFile):
        async with run.bucket.local(image.source.key) as file:
            return await asyncio.to_thread(shutil.copyfile, file, work / "image.jpg")
    return (await asyncio.to_thread(normalise_image, image.source, image.name, work, run.settings)).path


async def delete_one(run: Runtime, owner: UUID, kind: JobKind, video_id: UUID) -> None:
    """Delete a video, and with its last one the job; what is being made is stopped at the provider too.

    Raises `NotFound`, and `Conflict` for one of several takes that is being made.
    """
    async with run.db.begin() as session:
        one = await get_one(session, owner, kind, video_id)
        takes = await session.scalar(select(func.count()).where(Video.job_id == one.video.job_id))
    if takes == 1:
        await delete_job(run, owner, one.video.job_id)
    else:
        await delete_video(run, owner, video_id)
