"""What the Gemini API accepts and answers: requests as strict models, errors in both envelopes.

Source: the Interactions API's documentation and what google-genai 3.4.0 sends and reads (v1, November 2026).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Task = Literal["text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"]


class Strict(BaseModel):
    """Knows no other parameter, as the service does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Content(Strict):
    """A part of the input: text, or media inline or by reference."""

    type: Literal["text", "image", "video", "document"]
    text: str | None = None
    data: str | None = None
    uri: str | None = None
    mime_type: str | None = None


class Step(Strict):
    """What the user says, as the SDK wraps it."""

    type: Literal["user_input"]
    content: list[Content]


class ResponseFormat(Strict):
    """How the video is to be. `duration` is a text such as `5s`: a number is refused."""

    type: Literal["video"]
    aspect_ratio: Literal["16:9", "9:16"] = "16:9"
    resolution: Literal["360p", "720p", "1080p", "4k"] = "720p"
    duration: Annotated[str, Field(pattern=r"^\d+s$")] = "8s"
    delivery: Literal["inline", "uri"] = "inline"


class VideoConfig(Strict):
    """What is to be done, where the prompt does not tell."""

    task: Task


class GenerationConfig(Strict):
    """How it is to be made."""

    seed: int | None = None
    video_config: VideoConfig | None = None


class Create(Strict):
    """The body of a create."""

    model: str
    input: str | list[Step] | list[Content]
    background: bool = False
    store: bool = True
    previous_interaction_id: str | None = None
    response_format: ResponseFormat = ResponseFormat(type="video")
    generation_config: GenerationConfig = GenerationConfig()

    @property
    def content(self) -> list[Content]:
        """The parts, however they were wrapped."""
        if isinstance(self.input, str):
            return [Content(type="text", text=self.input)]
        return [part for each in self.input for part in (each.content if isinstance(each, Step) else [each])]

    @property
    def prompt(self) -> str:
        """All that is text."""
        return "\n".join(part.text for part in self.content if part.text)


class UploadFile(Strict):
    """What is said of a file before it is sent."""

    mime_type: str | None = None
    size_bytes: int | None = None
    display_name: str | None = None


class Upload(Strict):
    """The start of an upload."""

    file: UploadFile = UploadFile()


class RefusedError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


def said(status: int, code: str, message: str) -> RefusedError:
    """The Interactions API's own envelope: a word as code."""
    return RefusedError(status, {"error": {"code": code, "message": message}})


def front_end(status: int, name: str, message: str, *details: dict[str, Any]) -> RefusedError:
    """The envelope of Google's front end: a list, a number as code."""
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return RefusedError(status, [{"error": error}])


def classic(status: int, name: str, message: str, *details: dict[str, Any]) -> RefusedError:
    """The envelope of the older calls: no list, a number as code."""
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return RefusedError(status, {"error": error})


def retry_info(seconds: float) -> dict[str, Any]:
    """How long to wait."""
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds:g}s"}


def quota_failure(quota_id: str) -> dict[str, Any]:
    """Which limit it was."""
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": quota_id, "quotaMetric": "generativelanguage.googleapis.com/requests"}],
    }


def error_info(reason: str) -> dict[str, Any]:
    """A word for programs."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    }


def parse_create(body: Any) -> Create:
    """The request. Raises the refusal of a parameter that is unknown or wrong."""
    try:
        return Create.model_validate(body, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise said(400, "invalid_request", f"Unknown parameter '{where}'") from None
        raise said(400, "invalid_request", f"Invalid value at '{where}': {first['msg']}") from None
