"""Single videos: select, make again, decide on an uncertain one, delete."""

import asyncio
import secrets
import shutil
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select

from rushes.actions.jobs import go_on, let_go_on
from rushes.actions.settings import check_shot
from rushes.actions.start_job import plan_of
from rushes.actions.stills import Still, still_key
from rushes.actions.upload import asset_row, new_work_folder
from rushes.actions.upscale import abort, upscale_tasks_of
from rushes.core.states import Decision, JobStatus, SubmissionState, VideoStatus, WaitingFor
from rushes.db.models import Asset, Event, Submission, Video
from rushes.db.queries import upscales
from rushes.db.queries.changes import change_videos
from rushes.db.queries.jobs import locked_job
from rushes.db.queries.videos import video_row
from rushes.errors import Conflict, ErrorType, Fault, Invalid
from rushes.intake.images import normalise_image
from rushes.providers._contract import ShotInput
from rushes.runtime import Runtime


async def select_video(run: Runtime, owner: UUID, video_id: UUID, selected: bool) -> None:
    """Mark a take as the chosen one (or not)."""
    async with run.db.begin() as session:
        row = await video_row(session, owner, video_id)
        await change_videos(
            session, [video_id], come_from=[VideoStatus(row.status)], owner=owner, selected=selected
        )


async def regenerate(
    run: Runtime,
    owner: UUID,
    video_id: UUID,
    *,
    new_prompt: str | None = None,
    new_image: tuple[str, Path] | None = None,
) -> UUID:
    """Queue a new take of the same shot, with another prompt or image if given. Keeps the earlier take.

    Returns the new video's id. Raises `Invalid`, `Conflict`.
    """
    async with run.db.begin() as session:
        before = await video_row(session, owner, video_id)
        job = await locked_job(session, owner, before.job_id)
        checked = plan_of(run, job)
    if job.status == JobStatus.PENDING:
        raise Conflict("The job has not been started.", hint="Start it first.")
    prompt = before.prompt_text if new_prompt is None else new_prompt.strip()
    if not prompt:
        raise Invalid("The new prompt is empty.", [Fault("new_prompt", "Write at least a word.")])
    start_image = new_image[1] if new_image else Path(before.image_key) if before.image_key else None
    wanted = ShotInput(prompt, before.negative_prompt, start_image, checked.model.id, (before.seed,))
    faults = check_shot(checked, wanted, "new_prompt")
    if faults:
        raise Invalid(f"{checked.provider.title} would refuse this.", faults)
    new_id = uuid4()
    image_key, image_filename = before.image_key, before.image_filename
    image: dict[str, object] | None = None
    if new_image is not None:
        image = await _take_in_image(run, owner, before.job_id, new_id, *new_image)
        image_key, image_filename = str(image["key"]), new_image[0]
    try:
        async with run.db.begin() as session:
            job = await locked_job(session, owner, before.job_id)
            if image:
                await session.execute(insert(Asset), [image])
            last = await session.scalar(
                select(func.max(Video.video_index)).where(Video.shot_id == before.shot_id)
            )
            await session.execute(
                insert(Video).values(
                    id=new_id,
                    owner_id=owner,
                    job_id=before.job_id,
                    shot_id=before.shot_id,
                    position=before.position,
                    prompt_number=before.prompt_number,
                    video_index=(last or 0) + 1,
                    prompt_text=prompt,
                    negative_prompt=before.negative_prompt,
                    image_filename=image_filename,
                    image_key=image_key,
                    seed=secrets.randbelow(2**31),
                    provider=before.provider,
                    model=before.model,
                )
            )
            await go_on(session, job)
    except BaseException:
        if image:
            await run.bucket.delete(str(image["key"]))
        raise
    return new_id


async def _take_in_image(
    run: Runtime, owner: UUID, job_id: UUID, video_id: UUID, name: str, file: Path
) -> dict[str, object]:
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        image = await asyncio.to_thread(normalise_image, file, name, work, run.settings)
        stored = await run.bucket.put(f"jobs/{job_id}/images/{video_id}{image.path.suffix}", image.path)
        return asset_row(owner, job_id, stored)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


async def resolve(run: Runtime, owner: UUID, video_id: UUID, decision: Decision) -> None:
    """The owner's word on an uncertain submission; holds for all its videos.

    `retry`: get it (look again if the provider named it, else ask for it anew). `made`: it was made and
    paid for, but cannot be had. `give_up`: nothing came of it.
    """
    async with run.db.begin() as session:
        row = await video_row(session, owner, video_id)
        job = await locked_job(session, owner, row.job_id)
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
                submission.cost = submission.cost_estimate if made else None
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


async def delete_video(run: Runtime, owner: UUID, video_id: UUID) -> None:
    """Delete a video's row and bytes, its 4K copy too. Raises `Conflict` while it is being made."""
    async with run.db.begin() as session:
        row = await video_row(session, owner, video_id)
        if row.status == VideoStatus.GENERATING:
            raise Conflict("This video is being made.", hint="Cancel the job, or wait until it has arrived.")
        keys = [key for key in (row.video_key, row.thumbnail_key) if key]
        keys += [still_key(video_id, which) for which in Still]
        keys += await upscales.keys_of_video(session, video_id)
        running = await upscale_tasks_of(session, video_id=video_id)
        await session.execute(delete(Asset).where(Asset.key.in_(keys)))
        await session.execute(delete(Video).where(Video.id == video_id))
        await session.execute(
            insert(Event).values(
                owner_id=owner,
                job_id=row.job_id,
                video_id=video_id,
                type="video",
                data={"status": "deleted"},
            )
        )
    await abort(run, running)
    await run.bucket.delete(*keys)
