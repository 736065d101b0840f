"""Goes on from a finished take, at the provider that made it: the take changed, or made longer.

Of a batch it becomes a shot of the same job, to be reviewed with the others; of the one-prompt APIs a video
of its own.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.again import reopen
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind
from rushes.engine.views import VideoView
from rushes.errors import Conflict, Fault, Invalid
from rushes.jobs.inputs import INSTEAD, Inputs, Source, add_inputs, source_of
from rushes.jobs.rows import locked_job
from rushes.jobs.start import asked_with, plan_of_take, with_inputs
from rushes.library.rows import video_row, video_view
from rushes.planning.settings import check_shot
from rushes.platform.db.engine import Executor
from rushes.platform.db.models import Job, Shot, Video
from rushes.providers.modes import MODE_WORDS
from rushes.providers.video_contract import Mode, ShotInput
from rushes.studio.actions import Wish, make_one


async def change_video(
    run: Runtime,
    owner: UUID,
    video_id: UUID,
    prompt: str,
    *,
    extend: bool,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> UUID:
    """Have the take changed as the prompt says, or made longer. Return the id of the new video.

    It is asked for with the options of the take, but for those in `options`.

    Raises `NotFound`, `Conflict` when it is not finished, and `Invalid` when its provider cannot do it.
    """
    async with run.db.begin() as session:
        row = await video_row(session, owner, video_id)
        video = video_view(row)
        job = await locked_job(session, owner, video.job_id)
        _refuse_unable(run, video, Mode.EXTEND if extend else Mode.EDIT)
        source = await source_of(session, owner, video_id, extend=extend)
        if job.kind == JobKind.BATCH:
            return await _add_shot(run, session, job, row, _Change(prompt, source, options))
        if job.kind not in set(JobKind):
            raise Conflict(f"This version of Rushes does not know what a job of the kind {job.kind!r} is.")
    wish = Wish(
        prompt,
        {"provider": video.provider, "model": video.model, **row.options, **options},
        negative_prompt=video.negative_prompt,
        session_id=job.session_id,
        source_video_id=video_id,
        source=source,
        keep=job.keep_days is None,
    )
    return await make_one(run, owner, JobKind(job.kind), wish)


async def editable(session: Executor, run: Runtime, owner: UUID, video: VideoView) -> Source | None:
    """The source for a change of this finished video; None where that is not possible."""
    try:
        _refuse_unable(run, video, Mode.EDIT)
        return await source_of(session, owner, video.video_id, extend=False)
    except Invalid:
        return None


def _refuse_unable(run: Runtime, video: VideoView, mode: Mode) -> None:
    provider = run.providers.get(video.provider)
    model = run.providers.catalogue(video.provider).model(video.model)
    able = provider.modes if model is None or model.modes is None else model.modes
    if mode not in able:
        message = f"{model.title if model else provider.title} does not take {MODE_WORDS[mode]}."
        raise Invalid(message, [Fault("video_id", message, "unknown_mode")], hint=INSTEAD)


@dataclass(frozen=True)
class _Change:
    prompt: str
    source: Source
    options: Mapping[str, Any]


async def _add_shot(run: Runtime, session: AsyncSession, job: Job, video: Row[Any], change: _Change) -> UUID:
    if job.provider != video.provider:
        raise Conflict(f"The job has gone on with {job.provider}; this take was made by {video.provider}.")
    checked, inputs = plan_of_take(run, job, video).changed(change.options), Inputs(source=change.source)
    seed = secrets.randbelow(2**31)
    plain = ShotInput(change.prompt, video.negative_prompt, None, video.model, (seed,))
    if faults := check_shot(checked, with_inputs(plain, inputs), "prompt"):
        raise Invalid(f"{checked.provider.title} would refuse this.", faults)
    shots = select(func.max(Shot.number)).where(Shot.job_id == job.id)
    takes = select(func.max(Video.position)).where(Video.job_id == job.id)
    number, position = (await session.execute(select(shots.scalar_subquery(), takes.scalar_subquery()))).one()
    shot_id, video_id = uuid4(), uuid4()
    both = {
        "owner_id": job.owner_id,
        "job_id": job.id,
        "negative_prompt": video.negative_prompt,
        "seed": seed,
    }
    asked, of_job = asked_with(checked), job.settings["options"]
    own = {name: value for name, value in asked["options"].items() if of_job.get(name) != value}
    await session.execute(
        insert(Shot).values(id=shot_id, number=number + 1, prompt=change.prompt, options=own, **both)
    )
    await add_inputs(session, shot_id, inputs)
    await session.execute(
        insert(Video).values(
            id=video_id,
            shot_id=shot_id,
            position=position + 1,
            prompt_number=number + 1,
            video_index=1,
            prompt_text=change.prompt,
            **asked,
            **both,
        )
    )
    await reopen(session, job)
    return video_id
