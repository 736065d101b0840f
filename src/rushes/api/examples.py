"""What the documentation shows: real views, so that an example cannot tell of a field that is gone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from rushes.api.studio import Accepted, Done, Operation, OperationPage, OperationStatus
from rushes.downloads.actions import PreparedDownload
from rushes.engine.arrangement import ProjectRef, QueuePlace
from rushes.engine.local_work_states import WorkStatus
from rushes.engine.states import JobKind, JobStatus, VideoStatus
from rushes.engine.views import (
    ErrorCount,
    JobPage,
    JobView,
    ModelView,
    Pagination,
    ProviderView,
    Started,
    UnmatchedPrompt,
    UploadReport,
    VideoView,
)
from rushes.errors import ErrorType
from rushes.library.shots import ShotView
from rushes.platform.media.upscaling import Codec, Quality
from rushes.projects.views import ProjectView
from rushes.providers.modes import Mode
from rushes.upscale.views import UpscaledVideo, UpscaleStarted, UpscaleView

JOB_ID = UUID("0b7a2f4e-5c1d-4d6e-9f60-2f7b8a9c1d2e")
VIDEO_ID = UUID("7d3c9e1a-2b4f-4c8d-8e5a-6f1b2c3d4e5f")
SHOT_ID = UUID("c5e8f7a6-1d2c-4b3a-9f8e-7d6c5b4a3f2e")
PROJECT_ID = UUID("5a1c0d9e-8b7f-4e6d-9c5b-4a3f2e1d0c9b")
_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)

JOB = JobView(
    job_id=JOB_ID,
    job_name="Winter lookbook",
    kind=JobKind.BATCH,
    status=JobStatus.PROCESSING,
    progress=58.3,
    current_image="4.jpg",
    total_images=6,
    total_prompts=6,
    expected_videos=12,
    completed_videos=6,
    failed_videos=1,
    waiting_videos=0,
    error_summary=[
        ErrorCount(
            error_type=ErrorType.POLICY_VIOLATION,
            count=1,
            message="The prompt might violate the content policy. Change it and try again.",
        )
    ],
    pause_reason=None,
    paused_by=None,
    provider="animatic",
    flow_needs_auth=False,
    model="animatic-1",
    outputs=2,
    settings={
        "provider": "animatic",
        "model": "animatic-1",
        "outputs": 2,
        "options": {"aspect_ratio": "9:16"},
    },
    cost=Decimal("0"),
    open_cost=Decimal("0"),
    budget=None,
    route_reason="You have no key and no account yet; this one needs none.",
    estimated_cost=Decimal("0"),
    eta_seconds=41.5,
    created_at=_AT,
    started_at=_AT,
    ended_at=None,
    project=ProjectRef(id=PROJECT_ID, name="Winter 2026"),
    queue=QueuePlace(position=1, takes_turns=False),
)
VIDEO = VideoView(
    video_id=VIDEO_ID,
    job_id=JOB_ID,
    shot_id=SHOT_ID,
    image_filename="1.jpg",
    prompt_number=1,
    prompt_text="A fox in the snow turns its head, slow push in",
    negative_prompt=None,
    video_index=1,
    status=VideoStatus.COMPLETED,
    waiting_for=None,
    error_type=None,
    error_message=None,
    retry_count=0,
    retry_at=None,
    progress=None,
    provider="animatic",
    model="animatic-1",
    options={"aspect_ratio": "9:16", "resolution": "720p", "duration_seconds": 4},
    seed=1201,
    price=Decimal("0"),
    cost=Decimal("0"),
    selected=True,
    rating=4,
    downloaded=False,
    upscaled=False,
    video_url=f"/api/videos/{VIDEO_ID}/content",
    thumbnail_url=f"/api/videos/{VIDEO_ID}/thumbnail",
    image_url=f"/api/videos/{VIDEO_ID}/image?v=0001",
    duration_seconds=4.0,
    file_size_mb=2.871,
    resolution="720x1280",
    created_at=_AT,
    generation_started_at=_AT,
    generation_completed_at=_AT,
)
SHOT = ShotView(
    shot_id=SHOT_ID,
    job_id=JOB_ID,
    number=VIDEO.prompt_number,
    prompt=VIDEO.prompt_text,
    negative_prompt=None,
    image_filename="1.jpg",
    image_url=f"/api/shots/{SHOT_ID}/image",
    seed=1200,
    options={"duration_seconds": 4},
)
QUEUED_VIDEO = VIDEO.model_copy(
    update={
        "status": VideoStatus.QUEUED,
        "video_index": 3,
        "selected": False,
        "rating": 0,
        "video_url": None,
        "thumbnail_url": None,
        "duration_seconds": None,
        "file_size_mb": None,
        "resolution": None,
        "cost": None,
        "generation_started_at": None,
        "generation_completed_at": None,
    }
)
JOBS = JobPage(items=[JOB], pagination=Pagination.of(page=1, limit=20, total=1))
REPORT = UploadReport(
    uploaded=True,
    image_count=7,
    prompt_count=7,
    matched=6,
    unmatched_images=["cover.jpg"],
    unmatched_prompts=[UnmatchedPrompt(number=7, line=19, text="The harbour at night")],
    warnings=["cover.jpg: This image has no number and was left out."],
)
STARTED = Started(
    started=True,
    estimated_time_minutes=1.6,
    estimated_cost=Decimal("0"),
    estimated_credits=0,
    price_known=True,
    price_per_video=Decimal("0"),
    message="12 videos of 6 shots by Animatic.",
)
PROVIDER = ProviderView(
    id="animatic",
    title="Animatic",
    modes=["image_to_video", "text_to_video"],
    models=[
        ModelView(
            id="animatic-1", title="Animatic", price_per_second={"*": Decimal("0")}, typical_seconds=8.0
        )
    ],
    options={"type": "object", "properties": {"aspect_ratio": {"enum": ["16:9", "9:16", "1:1"]}}},
    max_outputs=4,
    max_prompt_chars=2000,
    concurrency=1,
    service="animatic",
    service_title="Animatic",
)
PROJECT = ProjectView(
    id=PROJECT_ID, name="Winter 2026", archived=False, jobs=4, active_jobs=1, created_at=_AT
)
PREPARED = PreparedDownload(
    download_id=SHOT_ID,
    url=f"/api/downloads/{SHOT_ID}",
    filename="Winter lookbook.zip",
    size_bytes=34_512_776,
    video_count=12,
    expires_at=_AT,
)
UPSCALE_ID = UUID("3e9d1c7b-6a5f-4e2d-8c1b-0a9f8e7d6c5b")
UPSCALE_STARTED = UpscaleStarted(
    task_id=UPSCALE_ID,
    started=True,
    video_count=2,
    quality=Quality.BALANCED,
    message="4K (balanced, H.264): 1 to make, 1 there already.",
)
UPSCALE = UpscaleView(
    task_id=UPSCALE_ID,
    status=WorkStatus.RUNNING,
    progress=71.0,
    current_video=2,
    total_videos=2,
    eta_seconds=14.2,
    quality=Quality.BALANCED,
    codec=Codec.H264,
    enhance=False,
    hardware=False,
    created_at=_AT,
    videos=[
        UpscaledVideo(video_id=SHOT_ID, status=WorkStatus.COMPLETED, progress=100, error=None),
        UpscaledVideo(video_id=VIDEO_ID, status=WorkStatus.RUNNING, progress=42, error=None),
    ],
)

ACCEPTED = Accepted(operation_id=VIDEO_ID, message="The video is in progress; ask for its status.")
DONE = Done(
    video_url=f"/api/videos/{VIDEO_ID}/content",
    video_path=f"jobs/{JOB_ID}/videos/{VIDEO_ID}.mp4",
    prompt=VIDEO.prompt_text,
    duration="4",
)
OPERATION = Operation(
    operation_id=VIDEO_ID,
    job_id=JOB_ID,
    session_id="winter",
    status=OperationStatus.COMPLETED,
    message="The video is there.",
    suggestion=None,
    error_type=None,
    progress=None,
    mode=Mode.IMAGE_TO_VIDEO,
    prompt=VIDEO.prompt_text,
    negative_prompt=None,
    aspect_ratio="9:16",
    resolution="720p",
    duration="4",
    provider="animatic",
    model="animatic-1",
    seed=1201,
    cost=Decimal("0"),
    selected=False,
    image_url=f"/api/videos/{VIDEO_ID}/image",
    video_url=f"/api/videos/{VIDEO_ID}/content",
    thumbnail_url=f"/api/videos/{VIDEO_ID}/thumbnail",
    last_frame_url=f"/api/videos/{VIDEO_ID}/last-frame",
    source_video_id=None,
    created_at=_AT,
    completed_at=_AT,
    expires_at=_AT + timedelta(days=2),
)
OPERATIONS = OperationPage(items=[OPERATION], pagination=Pagination.of(page=1, limit=20, total=1))


def answers(
    example: BaseModel | list[Any], description: str, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """Documents a route's answer with an example."""
    models = example if isinstance(example, list) else [example]
    shown = [each.model_dump(mode="json", by_alias=True) for each in models]
    content = shown if isinstance(example, list) else shown[0]
    return {status: {"description": description, "content": {"application/json": {"example": content}}}}


def binary(media_type: str, description: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a response that is bytes."""
    schema = {"type": "string", "format": "binary"}
    example = "(bytes)"
    return {
        status: {
            "description": description,
            "content": {media_type: {"schema": schema, "example": example}},
        }
    }
