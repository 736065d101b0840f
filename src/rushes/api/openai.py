"""A video as OpenAI clients know it: what they send made into a wish, what we have made into their object.

The shapes are those of the `openai` Python SDK 3.54 (`openai.types.Video`, `VideoCreateParams`).
"""

import base64
import binascii
import re
from typing import Any, Literal, cast
from urllib.parse import unquote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import from_json

from rushes.api.deps import RequestModel
from rushes.api.studio import Prompt, Short, advice_of, message_of
from rushes.engine.next_step import WaitsOn
from rushes.engine.states import VideoStatus
from rushes.errors import Fault, Invalid, NotFound
from rushes.studio.rows import OneVideo

DEFAULT_SECONDS = "4"
DEFAULT_SIZE = "720x1280"
"""OpenAI's own defaults; a provider that cannot do them is asked for its own."""
PREFIX = "video_"
_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})", re.ASCII)
_SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21")
_SHORT_SIDES = {"360p": 360, "480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "4k": 2160}
_CLOSE = 0.06
"""OpenAI's 1024x1792 is neither 9:16 nor 1080p, but nearest to them."""
_DATA_URL = re.compile(
    r"data:(?:[\w.+-]{1,80}/[\w.+-]{1,80})?(?:;[\w.+-]{1,80}=[\w.+-]{0,80}){0,8};base64,",
    re.ASCII | re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")

USUAL_WAITS = (WaitsOn.TURN, WaitsOn.SPACING, WaitsOn.RETRY)
"""What every queue has: a client need not hear of it."""
Status = Literal["queued", "in_progress", "completed", "failed"]


class ImageReference(RequestModel):
    """An image that is not sent as a file. The bare address, or `{"url": …}` in its place, is one too."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> object:
        if isinstance(given, str):
            return {"image_url": given}
        known = cast("dict[str, object]", given) if isinstance(given, dict) else {}
        if isinstance(address := known.get("image_url"), dict):
            return {**known, "image_url": cast("dict[str, object]", address).get("url")}
        return cast("object", given)

    image_url: str | None = Field(None, description="A `data:` URL with the image in it (base64).")
    file_id: str | None = Field(None, description="Not possible here: there are no uploaded files.")


class VideoRequest(RequestModel):
    """The body of `POST /v1/videos`."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt = Field(description="What is to be seen.")
    model: Short | None = Field(None, description="`provider` or `provider/model`: see `/v1/models`.")
    seconds: str | int | None = Field(None, description="Length; 4 where the provider can, when not given.")
    size: str | None = Field(
        None, description="Width x height; 720x1280 where the provider can, when not given."
    )
    input_reference: ImageReference | None = Field(None, description="The first frame.")
    negative_prompt: str | None = Field(None, description="Not of OpenAI: what is not to be seen.")
    seed: int | None = Field(None, ge=0, lt=2**31, description="Not of OpenAI: makes it repeatable.")
    user: str | None = Field(None, description="Taken and not used.")


class RemixRequest(RequestModel):
    """The body of `POST /v1/videos/{id}/remix`."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt = Field(description="The new prompt.")


class OpenAiVideoError(BaseModel):
    """Why it failed, or whom it waits for."""

    code: str = Field(
        description="An `error_type`: docs/guide/errors.md has them all; `cancelled`; or what keeps it from"
        " starting (`waiting_for` of `/api/videos`)."
    )
    message: str


class OpenAiVideo(BaseModel):
    """A video in OpenAI's shape."""

    id: str
    object: Literal["video"] = "video"
    created_at: int
    completed_at: int | None
    expires_at: int | None
    status: Status
    progress: int = Field(description="Percent.")
    model: str
    prompt: str
    seconds: str
    size: str
    remixed_from_video_id: str | None
    error: OpenAiVideoError | None


class OpenAiVideoPage(BaseModel):
    """A page of videos in OpenAI's shape."""

    object: Literal["list"] = "list"
    data: list[OpenAiVideo]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OpenAiDeleted(BaseModel):
    """The answer to the deletion of a video."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: Literal[True] = True


class OpenAiModel(BaseModel):
    """A provider, or a model of one."""

    id: str = Field(description="What to give as `model`.")
    object: Literal["model"] = "model"
    created: int = Field(description="Not known: 0.")
    owned_by: str = Field(description="The provider.")
    shutdown_date: str | None


class OpenAiModelPage(BaseModel):
    """All models in OpenAI's shape, on one page."""

    object: Literal["list"] = "list"
    data: list[OpenAiModel]


def video_id_of(given: str) -> UUID:
    """Our id in `video_…`. Raises `NotFound` for anything else: there is no such video."""
    try:
        return UUID(given.removeprefix(PREFIX))
    except ValueError:
        raise NotFound(f"There is no video {given!r}.", hint="GET /v1/videos lists them.") from None


def settings_of(model: str | None, seconds: str | int | None, size: str | None) -> dict[str, Any]:
    """The settings of a job, those that were given. Raises `Invalid`."""
    settings: dict[str, Any] = {}
    faults: list[Fault] = []
    if model:
        provider, _, rest = model.partition("/")
        settings |= {"provider": provider, "model": rest or None}
    if seconds is not None:
        if not re.fullmatch(r"\d{1,4}", str(seconds), re.ASCII):
            faults.append(Fault("seconds", 'A whole number of seconds, such as "4".', "invalid_value"))
        else:
            settings["duration_seconds"] = int(seconds)
    if size is not None:
        shape = _shape(size)
        if shape is None:
            known = "Width x height of a usual shape, such as 1280x720, 720x1280 or 1920x1080."
            faults.append(Fault("size", known, "invalid_value"))
        else:
            settings |= shape
    if faults:
        raise Invalid("The request cannot be understood.", faults)
    return settings


def _shape(size: str) -> dict[str, str] | None:
    match = _SIZE.fullmatch(size)
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    shape = _closest(width / height, {each: _ratio(each) for each in _SHAPES})
    resolution = _closest(min(width, height), _SHORT_SIDES)
    return {"aspect_ratio": shape, "resolution": resolution} if shape and resolution else None


def _closest(value: float, known: "dict[str, float] | dict[str, int]") -> str | None:
    name = min(known, key=lambda each: abs(known[each] - value))
    return name if abs(known[name] - value) <= _CLOSE * known[name] else None


def _ratio(shape: str) -> float:
    across, _, down = shape.partition(":")
    return int(across) / int(down)


def size_of(one: OneVideo) -> str:
    """Width x height that was asked for; what was made, when the provider has words of its own for it."""
    shape, short = one.options["aspect_ratio"], _SHORT_SIDES.get(one.options["resolution"])
    if short is None or shape not in _SHAPES:
        return one.video.resolution or "unknown"
    ratio = _ratio(shape)
    sides = (round(short * ratio), short) if ratio >= 1 else (short, round(short / ratio))
    return f"{sides[0]}x{sides[1]}"


def reference_in(text: str) -> object:
    """What a reference is that comes as text in a form: JSON, or the address of the image itself."""
    try:
        told = from_json(text)
    except ValueError:
        told = text
    return {"image_url": told} if isinstance(told, str) else told


def image_bytes(reference: ImageReference) -> bytes:
    """The image in a `data:` URL. Raises `Invalid`: nothing is fetched from elsewhere."""
    url = reference.image_url or ""
    try:
        if match := _DATA_URL.match(url):
            text = (
                _SPACES.sub("", unquote(url[match.end() :])).replace("-", "+").replace("_", "/").rstrip("=")
            )
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        pass
    message = "Send the image itself: as a file in a form, or here as a data: URL with base64."
    raise Invalid(
        "This reference cannot be used.", [Fault("input_reference", message, "invalid_image_reference")]
    )


def openai_video(one: OneVideo) -> OpenAiVideo:
    """Return a video in OpenAI's shape."""
    video, status = one.video, _status(one.video.status)
    done = video.generation_completed_at if status == "completed" else None
    return OpenAiVideo(
        id=f"{PREFIX}{video.video_id}",
        created_at=int(video.created_at.timestamp()),
        completed_at=int(done.timestamp()) if done else None,
        expires_at=int(one.expires_at.timestamp()) if one.expires_at else None,
        status=status,
        progress=100 if done else int(video.progress or 0),
        model=f"{video.provider}/{video.model}",
        prompt=video.prompt_text,
        seconds=str(one.options["duration_seconds"]),
        size=size_of(one),
        remixed_from_video_id=f"{PREFIX}{one.source_video_id}" if one.source_video_id else None,
        error=_error(one, status),
    )


def _status(status: VideoStatus) -> Status:
    match status:
        case VideoStatus.QUEUED:
            return "queued"
        case VideoStatus.GENERATING | VideoStatus.WAITING:
            return "in_progress"
        case VideoStatus.COMPLETED:
            return "completed"
        case VideoStatus.FAILED | VideoStatus.CANCELLED:
            return "failed"


def _error(one: OneVideo, status: Status) -> OpenAiVideoError | None:
    if status == "failed":
        message = f"{message_of(one)} {advice_of(one).suggestion}"
        return OpenAiVideoError(code=one.video.error_type or "cancelled", message=message)
    if one.video.status == VideoStatus.WAITING:  # it may yet come, but not by itself
        return OpenAiVideoError(code=one.video.error_type or "waiting", message=message_of(one))
    if one.video.waiting_for not in (None, *USUAL_WAITS):  # it does not start, and the reason is known
        return OpenAiVideoError(code=str(one.video.waiting_for), message=message_of(one))
    return None
