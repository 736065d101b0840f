"""Single videos: make again, decide on an uncertain one."""

import asyncio
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.again import decide, make_anew, reopen
from rushes.engine.candidates import CandidateView, candidates_of
from rushes.engine.request_ids import AskedBeforeError, claim_request, made_before
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision, JobStatus, WaitingFor
from rushes.errors import Conflict, Fault, Invalid
from rushes.intake.apart import normalise_image_apart
from rushes.jobs.inputs import Inputs, inputs_of_job
from rushes.jobs.rows import locked_job
from rushes.jobs.start import asked_with, plan_of_take, with_inputs
from rushes.jobs.upload import asset_row, new_work_folder
from rushes.library.review_rows import drop_unused_image
from rushes.library.rows import video_row
from rushes.planning.settings import check_shot
from rushes.platform.db.copies import Asset
from rushes.platform.db.models import Video
from rushes.platform.db.paying import Submission
from rushes.providers.video_contract import ShotInput


async def regenerate(
    run: Runtime,
    owner: UUID,
    video_id: UUID,
    *,
    new_prompt: str | None = None,
    new_image: tuple[str, Path] | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
    request_id: str | None = None,
) -> UUID:
    """Make a take again, with another prompt, image or options if given. Return the id of the video to watch.

    A finished take stays, and a new one is put beside it. One that failed, was cancelled or waits is made
    anew in its own place, unless it may have been paid for. The same `request_id` makes nothing a second
    time. Raises `Invalid`, `Conflict`.
    """
    async with run.db.begin() as session:
        if made := await made_before(session, owner, request_id, "video"):
            return made
        before = await video_row(session, owner, video_id)
        job = await locked_job(session, owner, before.job_id)
        checked = plan_of_take(run, job, before).changed(options)
        inputs = await inputs_of_job(session, job.id)
    if job.status == JobStatus.PENDING:
        raise Conflict("The job has not been started.", hint="Start it first.")
    prompt = before.prompt_text if new_prompt is None else new_prompt.strip()
    if not prompt:
        raise Invalid("The new prompt is empty.", [Fault("new_prompt", "Write at least a word.")])
    start_image = new_image[1] if new_image else Path(before.image_key) if before.image_key else None
    plain = ShotInput(prompt, before.negative_prompt, start_image, checked.model.id, (before.seed,))
    faults = check_shot(checked, with_inputs(plain, inputs.get(before.shot_id, Inputs())), "new_prompt")
    if faults:
        raise Invalid(f"{checked.provider.title} would refuse this.", faults)
    image = await _take_in_image(run, owner, before.job_id, *new_image) if new_image else None
    different: dict[str, Any] = {"prompt_text": prompt}
    if image and new_image:
        different |= {"image_key": image["key"], "image_filename": new_image[0]}
    unused: str | None = None
    try:
        async with run.db.begin() as session:
            job = await locked_job(session, owner, before.job_id)
            before = await video_row(session, owner, video_id)  # its job may have moved it since
            different |= asked_with(plan_of_take(run, job, before).changed(options))
            if image:
                await session.execute(insert(Asset), [image])
            if await make_anew(session, video_id, different):
                watched = video_id
                if image and before.image_key and await drop_unused_image(session, before.image_key):
                    unused = before.image_key
            else:
                watched = await _put_beside(session, before, different)
            await claim_request(session, owner, request_id, "video", watched)
            await reopen(session, job)
    except BaseException as error:
        if image:
            await run.bucket.delete(str(image["key"]))
        if isinstance(error, AskedBeforeError):
            return error.subject_id
        raise
    if unused:
        await run.bucket.delete(unused)
    return watched


async def _put_beside(session: AsyncSession, before: Row[Any], different: dict[str, Any]) -> UUID:
    """A new take of the same shot."""
    new_id = uuid4()
    # Deleted ones count: they may be brought back.
    last = await session.scalar(select(func.max(Video.video_index)).where(Video.shot_id == before.shot_id))
    same = ("owner_id", "job_id", "shot_id", "position", "prompt_number", "prompt_text", "negative_prompt")
    same += ("image_filename", "image_key")
    values = {name: getattr(before, name) for name in same} | different
    seed = secrets.randbelow(2**31)
    await session.execute(insert(Video).values(id=new_id, video_index=(last or 0) + 1, seed=seed, **values))
    return new_id


async def _take_in_image(run: Runtime, owner: UUID, job_id: UUID, name: str, file: Path) -> dict[str, object]:
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        image = await normalise_image_apart(file, name, work, run.settings)
        stored = await run.bucket.put(f"jobs/{job_id}/images/{uuid4()}{image.path.suffix}", image.path)
        return asset_row(owner, job_id, stored)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


async def candidates(run: Runtime, owner: UUID, video_id: UUID) -> list[CandidateView]:
    """Return what an uncertain video may be at its provider; empty where nothing was found, or is asked."""
    async with run.db.statement() as session:
        row = await video_row(session, owner, video_id)
        if row.waiting_for != WaitingFor.UNCERTAIN or row.submission_id is None:
            return []
        return await candidates_of(session, row.submission_id)


async def resolve(
    run: Runtime, owner: UUID, video_id: UUID, decision: Decision, picked: Sequence[str] = ()
) -> None:
    """The owner's word on an uncertain submission; holds for all its videos.

    `retry`: get it (look again if the provider named it, else ask for it anew). `made`: it was made and
    paid for; what is `picked` of its candidates is fetched, without it cannot be had. `give_up`: nothing
    came of it. Raises `Conflict`, `Invalid`.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, (await video_row(session, owner, video_id)).job_id)
        row = await video_row(session, owner, video_id)  # as it is now that nobody else decides
        if row.waiting_for != WaitingFor.UNCERTAIN:
            raise Conflict("This video is not uncertain; there is nothing to decide.")
        remote_id = await _picked(run, session, row, decision, picked) if picked else None
        await decide(session, row.submission_id, decision, remote_id)
        await reopen(session, job)


async def _picked(
    run: Runtime, session: AsyncSession, row: Row[Any], decision: Decision, picked: Sequence[str]
) -> str:
    """The remote id that the owner's choice makes. Raises `Conflict`, `Invalid`."""
    known = {each.ref for each in await candidates_of(session, row.submission_id)}
    if decision is not Decision.MADE or len(set(picked)) != len(picked) or not set(picked) <= known:
        raise Invalid(
            "That cannot be picked.",
            [Fault("picked", "Pick from its candidates, each once, with `made`.", "not_a_candidate")],
        )
    takes = await session.scalar(
        select(func.count()).select_from(Video).where(Video.submission_id == row.submission_id)
    )
    remote_id = run.providers.get(row.provider).remote_id_of(picked, takes or 1)
    others = await session.scalars(
        select(Submission.remote_id).where(
            Submission.job_id == row.job_id,
            Submission.id != row.submission_id,
            Submission.remote_id.is_not(None),
        )
    )
    if any(each.rpartition("/")[2] in (other or "") for other in others for each in picked):
        raise Conflict("Another video of this job is that one already.")
    return remote_id
