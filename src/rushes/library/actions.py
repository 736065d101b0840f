"""Single videos: make again, decide on an uncertain one."""

import asyncio
import secrets
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.changes import change_videos
from rushes.engine.runtime import Runtime
from rushes.engine.states import MAYBE_ACCEPTED, Decision, JobStatus, SubmissionState, VideoStatus, WaitingFor
from rushes.errors import Conflict, ErrorType, Fault, Invalid
from rushes.intake.images import normalise_image
from rushes.jobs.actions import AFRESH, go_on, let_go_on
from rushes.jobs.inputs import Inputs, inputs_of_job
from rushes.jobs.rows import locked_job
from rushes.jobs.start import plan_of, with_inputs
from rushes.jobs.upload import asset_row, new_work_folder
from rushes.library.review_rows import drop_unused_image
from rushes.library.rows import video_row
from rushes.planning.settings import check_shot
from rushes.platform.db.models import Asset, Submission, Video
from rushes.providers.video_contract import ShotInput


async def regenerate(
    run: Runtime,
    owner: UUID,
    video_id: UUID,
    *,
    new_prompt: str | None = None,
    new_image: tuple[str, Path] | None = None,
) -> UUID:
    """Make a take again, with another prompt or image if given. Returns the id of the video to watch.

    A finished take stays, and a new one is put beside it. One that failed, was cancelled or waits is made
    anew in its own place, unless it may have been paid for. Raises `Invalid`, `Conflict`.
    """
    async with run.db.begin() as session:
        before = await video_row(session, owner, video_id)
        job = await locked_job(session, owner, before.job_id)
        checked = plan_of(run, job)
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
            before = await video_row(session, owner, video_id)
            if image:
                await session.execute(insert(Asset), [image])
            if await _made_anew(session, before, different):
                watched = video_id
                if image and before.image_key and await drop_unused_image(session, before.image_key):
                    unused = before.image_key
            else:
                watched = await _put_beside(session, before, different)
            await go_on(session, job)
    except BaseException:
        if image:
            await run.bucket.delete(str(image["key"]))
        raise
    if unused:
        await run.bucket.delete(unused)
    return watched


async def _made_anew(session: AsyncSession, before: Row[Any], different: dict[str, Any]) -> bool:
    """Queue a take that came to nothing again, in its own place. False when it has to be kept."""
    if before.waiting_for == WaitingFor.UNCERTAIN:
        return False
    if before.status == VideoStatus.WAITING and before.submission_id is not None:
        # Accepted (or perhaps), and only not to be had yet: it is paid for as it is.
        state = await session.scalar(select(Submission.state).where(Submission.id == before.submission_id))
        if state in MAYBE_ACCEPTED:
            return False
    anew = await change_videos(
        session,
        [before.id],
        come_from=[VideoStatus.FAILED, VideoStatus.CANCELLED, VideoStatus.WAITING],
        **AFRESH,
        **different,
    )
    return bool(anew)


async def _put_beside(session: AsyncSession, before: Row[Any], different: dict[str, Any]) -> UUID:
    """A new take of the same shot."""
    new_id = uuid4()
    # Deleted ones count: they may be brought back.
    last = await session.scalar(select(func.max(Video.video_index)).where(Video.shot_id == before.shot_id))
    same = ("owner_id", "job_id", "shot_id", "position", "prompt_number", "prompt_text", "negative_prompt")
    same += ("image_filename", "image_key", "provider", "model")
    values = {name: getattr(before, name) for name in same} | different
    seed = secrets.randbelow(2**31)
    await session.execute(insert(Video).values(id=new_id, video_index=(last or 0) + 1, seed=seed, **values))
    return new_id


async def _take_in_image(run: Runtime, owner: UUID, job_id: UUID, name: str, file: Path) -> dict[str, object]:
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        image = await asyncio.to_thread(normalise_image, file, name, work, run.settings)
        stored = await run.bucket.put(f"jobs/{job_id}/images/{uuid4()}{image.path.suffix}", image.path)
        return asset_row(owner, job_id, stored)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


async def resolve(run: Runtime, owner: UUID, video_id: UUID, decision: Decision) -> None:
    """The owner's word on an uncertain submission; holds for all its videos.

    `retry`: get it (look again if the provider named it, else ask for it anew). `made`: it was made and
    paid for, but cannot be had. `give_up`: nothing came of it.
    """
    async with run.db.begin() as session:
        job = await locked_job(session, owner, (await video_row(session, owner, video_id)).job_id)
        row = await video_row(session, owner, video_id)  # as it is now that nobody else decides
        if row.waiting_for != WaitingFor.UNCERTAIN:
            raise Conflict("This video is not uncertain; there is nothing to decide.")
        submission = await session.scalar(
            select(Submission).where(Submission.id == row.submission_id).with_for_update()
        )
        videos = list(
            await session.scalars(
                select(Video.id).where(
                    Video.submission_id == row.submission_id, Video.status == VideoStatus.WAITING
                )
            )
        )
        if decision is Decision.RETRY:
            if submission and submission.remote_id:
                submission.state = SubmissionState.SUBMITTED
                submission.submitted_at, submission.ended_at = func.now(), None
                submission.faults = 0
                await session.flush()
            await let_go_on(session, videos)
        else:
            made = decision is Decision.MADE
            if submission:
                submission.state = SubmissionState.COMPLETED if made else SubmissionState.CANCELLED
                submission.cost = submission.cost_estimate if made else Decimal(0)
            await change_videos(
                session,
                videos,
                come_from=[VideoStatus.WAITING],
                status=str(VideoStatus.FAILED),
                waiting_for=None,
                error_type=str(ErrorType.UNCERTAIN),
                error_message="Made at the provider, but not here." if made else "Given up.",
            )
        await go_on(session, job)
