"""One prompt, one video: a job with a single shot, made, filled and started in one transaction.

So whatever holds for batches holds for it: the ledger, budgets, retries, restarts.
"""

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid
from rushes.intake.apart import normalise_image_apart
from rushes.jobs.actions import delete_job
from rushes.jobs.inputs import Inputs, Source, add_inputs
from rushes.jobs.start import add_job, start_in
from rushes.jobs.upload import asset_row, new_work_folder
from rushes.library.files import StoredFile
from rushes.library.review import delete_video
from rushes.planning.routing import plan_for
from rushes.planning.settings import Plan, check_shot, job_settings
from rushes.platform.db.copies import Asset
from rushes.platform.db.models import Shot, Video
from rushes.platform.storage.bucket import Stored
from rushes.providers.modes import Mode, mode_of
from rushes.providers.video_contract import ShotInput
from rushes.studio.rows import get_one


@dataclass(frozen=True)
class StartImage:
    """An image: a file as its owner has it, or one of ours, which is taken over as it is."""

    name: str
    source: Path | StoredFile


@dataclass(frozen=True)
class Images:
    """The images that a video starts from, ends with or refers to."""

    first: StartImage | None = None
    last: StartImage | None = None
    references: tuple[StartImage, ...] = ()


_NAME_LENGTH = 80
_NO_IMAGES = Images()


@dataclass(frozen=True)
class Wish:
    """What is asked for. `settings` are a job's (provider, model, seed, options), those that were given.

    `source` is a take that is changed or made longer; its provider has to be named in the settings. With
    `keep` the video never expires; without, it does after `operation_days`.
    """

    prompt: str
    settings: dict[str, Any]
    negative_prompt: str | None = None
    session_id: str | None = None
    source_video_id: UUID | None = None
    source: Source | None = None
    keep: bool = False


async def make_one(run: Runtime, owner: UUID, kind: JobKind, wish: Wish, images: Images = _NO_IMAGES) -> UUID:
    """Have one video made. Returns its id. Raises `Invalid` with one fault a field."""
    checked = await plan_for(run, owner, _settings(wish), frozenset({_mode(wish, images)}))
    job_id, shot_id = uuid4(), uuid4()
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        files = {name: await _take_in(run, each, work) for name, each in _named(images).items()}
        shot = ShotInput(
            wish.prompt,
            wish.negative_prompt,
            files.get("first"),
            checked.model.id,
            (0,),
            last_image=files.get("last"),
            references=tuple(file for name, file in files.items() if name not in {"first", "last"}),
            source=wish.source.remote_id if wish.source else None,
            extend=wish.source is not None and wish.source.extend,
        )
        if faults := check_shot(checked, shot, "prompt"):
            faults = [Fault(each.where.removeprefix("prompt, "), each.message, each.code) for each in faults]
            raise Invalid(f"{checked.provider.title} would refuse this.", faults)
        stored = await _store(run, f"jobs/{job_id}/images/{shot_id}", files)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    first, last = stored.get("first"), stored.get("last")
    inputs = Inputs(
        last.key if last else None,
        tuple(each.key for name, each in stored.items() if name not in {"first", "last"}),
        wish.source,
    )
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
                image_count=len(stored),
                prompt_count=1,
                keep_days=None if wish.keep else run.settings.operation_days or None,
            )
            if stored:
                rows = [asset_row(owner, job_id, each) for each in stored.values()]
                await session.execute(insert(Asset), rows)
            await session.execute(
                insert(Shot).values(
                    id=shot_id,
                    owner_id=owner,
                    job_id=job_id,
                    number=1,
                    prompt=wish.prompt,
                    negative_prompt=wish.negative_prompt,
                    image_filename=images.first.name if images.first else None,
                    image_key=first.key if first else None,
                    seed=_seed(checked),
                )
            )
            await add_inputs(session, shot_id, inputs)
            await start_in(run, session, owner, job_id)
            video_id = await session.scalar(select(Video.id).where(Video.job_id == job_id))
    except BaseException:
        await run.bucket.delete(*(each.key for each in stored.values()))
        raise
    assert video_id
    return video_id


def _settings(wish: Wish) -> JobSettings:
    return job_settings({**wish.settings, "allow_text_only": True, "outputs": 1})


def _seed(checked: Plan) -> int:
    given = checked.settings.seed
    return secrets.randbelow(2**31) if given is None else given


def _mode(wish: Wish, images: Images) -> Mode:
    return mode_of(
        image=images.first,
        last_image=images.last,
        references=images.references,
        source=wish.source,
        extend=wish.source is not None and wish.source.extend,
    )


def _named(images: Images) -> dict[str, StartImage]:
    """Those there are, by what tells their files apart."""
    named = {"first": images.first, "last": images.last}
    named |= {f"reference-{number}": each for number, each in enumerate(images.references, start=1)}
    return {name: each for name, each in named.items() if each is not None}


async def _store(run: Runtime, prefix: str, files: Mapping[str, Path]) -> dict[str, Stored]:
    """Store images, all or none."""
    stored: dict[str, Stored] = {}
    try:
        for name, file in files.items():
            ending = "" if name == "first" else f"-{name}"
            stored[name] = await run.bucket.put(f"{prefix}{ending}.jpg", file)
    except BaseException:
        await run.bucket.delete(*(each.key for each in stored.values()))
        raise
    return stored


async def _take_in(run: Runtime, image: StartImage, work: Path) -> Path:
    if isinstance(image.source, StoredFile):
        async with run.bucket.local(image.source.key) as file:
            return await asyncio.to_thread(shutil.copyfile, file, work / f"{uuid4()}.jpg")
    return (await normalise_image_apart(image.source, image.name, work, run.settings)).path


async def delete_one(run: Runtime, owner: UUID, kind: JobKind, video_id: UUID) -> None:
    """Delete a video, and with its last one the job; what is being made is stopped at the provider too.

    Raises `NotFound`, and `Conflict` for one of several takes that is being made.
    """
    async with run.db.begin() as session:
        one = await get_one(session, owner, kind, video_id)
        takes = await session.scalar(
            select(func.count()).where(Video.job_id == one.video.job_id, Video.deleted_at.is_(None))
        )
    if takes == 1:
        await delete_job(run, owner, one.video.job_id)
    else:
        await delete_video(run, owner, video_id)
