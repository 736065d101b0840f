"""What the documentation of `/v1` shows."""

from typing import Any

from fastapi.openapi.models import Example

from rushes.api.examples import VIDEO_ID
from rushes.api.form_schemas import FILE
from rushes.api.openai import (
    OpenAiDeleted,
    OpenAiModel,
    OpenAiModelPage,
    OpenAiVideo,
    OpenAiVideoPage,
    VideoRequest,
)

_ID = f"video_{VIDEO_ID}"
VIDEO = OpenAiVideo(
    id=_ID,
    created_at=1773480413,
    completed_at=1773480431,
    expires_at=1773653231,
    status="completed",
    progress=100,
    model="animatic/animatic-1",
    prompt="A fox in the snow turns its head, slow push in",
    seconds="4",
    size="720x1280",
    remixed_from_video_id=None,
    error=None,
)
QUEUED = VIDEO.model_copy(
    update={"status": "queued", "progress": 0, "completed_at": None, "expires_at": None}
)
REMIX = QUEUED.model_copy(
    update={
        "id": "video_3b8f9c1e-7a52-4d0e-9c36-1f2e3d4c5b6a",
        "prompt": "The same fox at night",
        "remixed_from_video_id": _ID,
    }
)
VIDEOS = OpenAiVideoPage(data=[VIDEO], first_id=_ID, last_id=_ID, has_more=False)
DELETED = OpenAiDeleted(id=_ID)
MODEL = OpenAiModel(id="animatic", created=0, owned_by="animatic", shutdown_date=None)
MODELS = OpenAiModelPage(data=[MODEL, MODEL.model_copy(update={"id": "animatic/animatic-1"})])
REMIX_BODY: dict[str, Example] = {"night": {"value": {"prompt": "The same fox at night"}}}

_PROPERTIES: dict[str, Any] = VideoRequest.model_json_schema(ref_template="#/components/schemas/{model}")[
    "properties"
]
_TEXTS = {name: each for name, each in _PROPERTIES.items() if name != "input_reference"}
_REFERENCE = {
    "type": "object",
    "properties": {"image_url": {"type": "string", "description": "A `data:` URL with the image in it."}},
    "description": "The first frame.",
    "additionalProperties": False,
}
CREATE_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["prompt"],
                "properties": {**_TEXTS, "input_reference": {**FILE, "description": "The first frame."}},
            },
            "example": {"prompt": VIDEO.prompt, "model": "animatic", "seconds": "4", "size": "720x1280"},
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["prompt"],
                "properties": {**_TEXTS, "input_reference": _REFERENCE},
                "additionalProperties": False,
            },
            "example": {"prompt": VIDEO.prompt, "model": "animatic", "seconds": "4", "size": "720x1280"},
        },
    },
}
