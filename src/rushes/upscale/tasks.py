"""Upscaling as a kind of local work: the 4K copy of one video, by one FFmpeg command."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.local_work import Made, NewFile, WorkKind, WorkTry
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.engine.transitions import touch_takes
from rushes.errors import Damaged, NotFound
from rushes.platform.media.commands import UpscaleJob, upscale_args
from rushes.platform.media.encoders import choose_encoder
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.upscaling import Recipe, fit_4k
from rushes.platform.storage.bucket import Stored
from rushes.settings import Settings
from rushes.upscale import rows as upscales

LONGER_SECONDS = 0.25
"""By so much the result may differ in length: sound that is coded again begins and ends in whole frames."""


class UpscaleKind(WorkKind[Recipe]):
    """Its subject is the id of the video."""

    name = upscales.KIND
    stored_as = "upscales"
    keep_days = None  # the tasks of people are told from the rows
    params_type = Recipe

    def concurrency(self, settings: Settings) -> int:
        """As the operator has set it."""
        return settings.upscale_concurrency

    async def make(self, run: Runtime, attempt: WorkTry[Recipe]) -> Made:
        """Write the 4K copy and check that it is what was wanted. Raises `Damaged` when it is not."""
        recipe, into = attempt.params, attempt.folder / "4k.mp4"
        async with run.db.statement() as session:
            key = await upscales.key_of_video(session, attempt.work.video_id)
        if key is None:
            raise NotFound("The video is gone.")
        encoder = await choose_encoder(recipe.codec, hardware=recipe.hardware, work_dir=attempt.folder)
        async with run.bucket.local(key, hold=True) as source:
            clip, shape = await run.reception.look_into(source)
            width, height = fit_4k(shape.width, shape.height, shape.pixel_aspect)
            wanted = UpscaleJob(
                source=str(source),
                width=width,
                height=height,
                fps=clip.fps,
                audio_codec=clip.audio_codec,
                quality=recipe.quality,
                encoder=encoder,
                enhance=recipe.enhance,
            )
            await run_ffmpeg(
                upscale_args(wanted),
                into=into,
                duration_seconds=clip.duration_seconds,
                progress=attempt.progress,
            )
        made = await run.reception.facts_of(into)
        if (made.width, made.height, bool(made.audio_codec)) != (width, height, bool(clip.audio_codec)) or (
            abs(made.duration_seconds - clip.duration_seconds) > LONGER_SECONDS
        ):
            raise Damaged(f"The result is not what was wanted: {made}, made of {clip}.")
        return Made({"width": width, "height": height}, [NewFile(into, "video/mp4")])

    async def record(
        self, session: AsyncSession, attempt: WorkTry[Recipe], made: Made, stored: Sequence[Stored]
    ) -> Sequence[str]:
        """Make it the copy of its video; the one before goes."""
        work, (file,) = attempt.work, stored
        assert work.video_id
        replaced = await upscales.record_copy(session, work, attempt.params, file, made.result)
        await touch_takes(session, [work.video_id], among=[VideoStatus.COMPLETED], upscaled=True)
        return replaced


UPSCALE = UpscaleKind()
