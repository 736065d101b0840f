"""One video of a prompt under the paths of the older systems: thin, on the Studio's one-prompt videos."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from rushes.api import story_examples as examples
from rushes.api.deps import Owner, Run
from rushes.api.examples import VIDEO_ID, answers, binary
from rushes.api.files import NO_SUCH_RANGE, UNCHANGED, send_file
from rushes.api.problems import problems
from rushes.api.story_bodies import Veo3Body
from rushes.api.studio import message_of
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind, VideoStatus
from rushes.jobs.actions import cancel_job
from rushes.library.files import video_file
from rushes.platform.told import ToldText
from rushes.story.states import JobWord
from rushes.studio.actions import Wish, make_one
from rushes.studio.rows import OneVideo, get_one

router = APIRouter(prefix="/api/veo3", tags=["one prompt"])

VideoKey = Annotated[UUID, Path(description="What `generate` answered as `jobId`.")]
NO_VIDEO = problems(not_found="There is no such video.")
_WORDS = {
    VideoStatus.QUEUED: JobWord.QUEUED,
    VideoStatus.GENERATING: JobWord.PROCESSING,
    VideoStatus.WAITING: JobWord.PROCESSING,
    VideoStatus.COMPLETED: JobWord.COMPLETED,
    VideoStatus.FAILED: JobWord.FAILED,
    VideoStatus.CANCELLED: JobWord.FAILED,
}


class VideoResult(BaseModel):
    """The video, once it is there."""

    url: str
    duration: float | None = Field(description="Seconds.")


class VideoWork(BaseModel):
    """The state of one video."""

    jobId: UUID  # noqa: N815  # the wire's own spelling, given by the API's contract
    status: JobWord
    progress: float = Field(description="Percent, 0 to 100.")
    estimatedTime: float | None = Field(description="Seconds left, once they are known.")  # noqa: N815  # as above
    result: VideoResult | None = None
    message: ToldText = ""


EXAMPLE = VideoWork(
    jobId=VIDEO_ID, status=JobWord.QUEUED, progress=0.0, estimatedTime=None, message="It waits for its turn."
)
WORK = answers(EXAMPLE, "How far it is.")


@router.post(
    "/generate", status_code=202, responses=answers(EXAMPLE, "It has begun.", 202), summary="Make one video"
)
async def generate_veo3_video(
    wanted: Annotated[Veo3Body, Body(openapi_examples=examples.VEO3_BODY)], run: Run, owner: Owner
) -> VideoWork:
    """Have one video made of a prompt. Ask `status` for it."""
    settings = {
        "provider": wanted.provider,
        "model": wanted.model,
        "aspect_ratio": wanted.aspectRatio,
        "resolution": wanted.resolution,
        "duration_seconds": wanted.duration,
    }
    given = {name: each for name, each in settings.items() if each is not None}
    wish = Wish(wanted.prompt, given, negative_prompt=wanted.negativePrompt)
    return await _work(run, owner, await make_one(run, owner, JobKind.STUDIO, wish))


@router.get("/status/{video_id}", responses=WORK | NO_VIDEO, summary="Ask how far a video is")
async def read_veo3_status(video_id: VideoKey, run: Run, owner: Owner) -> VideoWork:
    """The state in four words, with percent."""
    return await _work(run, owner, video_id)


@router.get(
    "/download/{video_id}",
    responses=binary("video/mp4", "The video.") | NO_VIDEO | UNCHANGED | NO_SUCH_RANGE,
    response_class=Response,
    summary="Download a video",
)
async def download_veo3_video(request: Request, video_id: VideoKey, run: Run, owner: Owner) -> Response:
    """The finished video, to be saved. Ranges are answered."""
    async with run.db.statement() as session:
        await get_one(session, owner, JobKind.STUDIO, video_id)
        file = await video_file(session, owner, video_id)
    return await send_file(request, run, file, f"{video_id}.mp4", attachment=True)


@router.post(
    "/cancel/{video_id}",
    responses=WORK | NO_VIDEO | problems(conflict="The video has ended already."),
    summary="Cancel a video",
)
async def cancel_veo3_video(video_id: VideoKey, run: Run, owner: Owner) -> VideoWork:
    """Stop it, also at the provider."""
    async with run.db.statement() as session:
        one = await get_one(session, owner, JobKind.STUDIO, video_id)
    await cancel_job(run, owner, one.video.job_id)
    return await _work(run, owner, video_id)


async def _work(run: Runtime, owner: UUID, video_id: UUID) -> VideoWork:
    async with run.db.statement() as session:
        one = await get_one(session, owner, JobKind.STUDIO, video_id)
    return _view(one)


def _view(one: OneVideo) -> VideoWork:
    video = one.video
    word = _WORDS[video.status]
    done = word is JobWord.COMPLETED
    return VideoWork(
        jobId=video.video_id,
        status=word,
        progress=100.0 if done else video.progress or 0.0,
        estimatedTime=None,
        result=VideoResult(url=video.video_url, duration=video.duration_seconds)
        if done and video.video_url
        else None,
        message=message_of(one),
    )
