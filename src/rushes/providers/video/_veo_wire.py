"""Veo as it travels: what is asked for, what an operation says, whose turn it is when something is missing.

Vertex AI and the old Gemini API differ in a few names only. Wire: the references of Vertex AI's
`predictLongRunning` and of the Gemini API's Veo page; the tests compare the request with google-genai's.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from rushes.errors import ErrorType, GenerationFailed, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.google import is_refusal, refusal
from rushes.providers.inline import read_image
from rushes.providers.video_contract import ShotInput

MOST_SEED = 2**32
PEOPLE = {"everybody": "allow_all", "adults": "allow_adult"}
AGAIN = frozenset({1, 2, 4, 10, 13, 14})
"""google.rpc codes of an operation that went wrong by itself: cancelled, unknown, too slow, aborted,
internal, unavailable."""
THEIR_FAULT = frozenset({3, 5, 6, 7, 9, 11, 12, 16})
EXHAUSTED = 8


class VeoAccepted(BaseModel):
    """The response to a create: the name of its operation."""

    name: str = Field(pattern=r"^[\w./:@-]+/operations/[\w.-]+$")


class VeoVideo(BaseModel):
    """One video of an operation: a link of one kind or another, or its bytes."""

    gcs_uri: str | None = Field(default=None, alias="gcsUri")
    uri: str | None = None
    data: str | None = Field(default=None, alias="bytesBase64Encoded")


class Status(BaseModel):
    """google.rpc.Status: why an operation failed."""

    code: int = 0
    message: str = ""


class _Sample(BaseModel):
    video: VeoVideo


class VeoVideos(BaseModel):
    """What an operation made, in the words of Vertex AI (`videos`) or the Gemini API (`generatedSamples`)."""

    vertex: list[VeoVideo] = Field(default=[], alias="videos")
    samples: list[_Sample] = Field(default=[], alias="generatedSamples")
    filtered: int = Field(default=0, alias="raiMediaFilteredCount")
    reasons: list[str] = Field(default=[], alias="raiMediaFilteredReasons")

    @property
    def videos(self) -> list[VeoVideo]:
        """The videos of a finished operation."""
        return self.vertex or [sample.video for sample in self.samples]


class _VeoResponse(VeoVideos):
    inner: VeoVideos | None = Field(default=None, alias="generateVideoResponse")


class VeoOperation(BaseModel):
    """An operation as it is now."""

    done: bool = False
    error: Status | None = None
    response: _VeoResponse | None = None

    @property
    def made(self) -> VeoVideos | None:
        """What it made, wherever that is written."""
        return self.response and (self.response.inner or self.response)


def request_body(
    shot: ShotInput, parameters: dict[str, object], *, people: str, vertex: bool
) -> dict[str, object]:
    """The body of a create; reads the images. `parameters` are those that both services know."""
    instance: dict[str, object] = {"prompt": shot.prompt}
    if shot.image:
        instance["image"] = _image(shot.image)
    if shot.last_image:
        instance["lastFrame"] = _image(shot.last_image)
    if shot.references:
        instance["referenceImages"] = [
            {"image": _image(path), "referenceType": "ASSET"} for path in shot.references
        ]
    if shot.negative_prompt:
        parameters = {**parameters, "negativePrompt": shot.negative_prompt}
    if person := _person_generation(people, has_image=len(instance) > 1, vertex=vertex):
        parameters = {**parameters, "personGeneration": person}
    return {"instances": [instance], "parameters": {**parameters, "sampleCount": len(shot.seeds)}}


def _image(path: Path) -> dict[str, str]:
    media_type, data = read_image(path)
    return {"bytesBase64Encoded": data, "mimeType": media_type}


def _person_generation(people: str, *, has_image: bool, vertex: bool) -> str | None:
    """Vertex AI has a default of its own; the Gemini API takes one value for text and another with images."""
    if people == "nobody":
        return "disallow" if vertex else "dont_allow"
    if people == "auto":
        return None if vertex else PEOPLE["adults" if has_image else "everybody"]
    return PEOPLE[people]


def failure(error: Status) -> RushesError:
    """Why an operation ended without anything. Nothing is billed for one."""
    if is_refusal(error.message):
        return refusal(error.message)
    if error.code in AGAIN:
        return GenerationFailed(f"Veo failed: {error.message} (code {error.code})")
    if error.code == EXHAUSTED:
        return RetryLater(f"Veo: {error.message}", error_type=ErrorType.HIGH_DEMAND)
    if error.code in THEIR_FAULT:
        return Rejected(
            f"Veo cannot make this: {error.message} (code {error.code})", error_type=ErrorType.BAD_INPUT
        )
    raise ProviderChanged(f"an operation ended with code {error.code}: {error.message}", step="status")


def missing(made: VeoVideos, count: int) -> Sequence[RushesError]:
    """Why `count` takes did not come: filtered with a reason each, as far as there are reasons."""
    filtered = max(made.filtered, len(made.reasons))
    if count and not filtered and not made.videos:
        raise ProviderChanged("it is done, with neither videos nor a reason", step="status")
    return [
        refusal(made.reasons[min(index, len(made.reasons) - 1)] if made.reasons else "No reason was given.")
        if index < filtered
        else GenerationFailed("Veo finished without this take.")
        for index in range(count)
    ]
