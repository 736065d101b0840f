"""fal: the queue of fal.ai, through which many makers' models are reached with one key.

Wire: fal.ai/docs/api-reference/inference-api (queue: submit, status, result, cancel),
fal.ai/docs/documentation/model-apis/errors and …/request-errors, the models' own pages; as of November 2026.
fal repeats a request inside its queue by itself. Its list of past requests knows no label of ours: `find`
cannot tell.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, ErrorType, GenerationFailed, ProviderChanged, Rejected, RushesError
from rushes.providers.checks import cost_of, prompt_faults, refuse, usual_faults
from rushes.providers.http import Api, Connected, Trouble, needed, parse
from rushes.providers.inline import read_image
from rushes.providers.links import LinkSettings
from rushes.providers.reading import read_json, retry_after
from rushes.providers.video_contract import (
    Call,
    Credential,
    CredentialKind,
    Finished,
    Limits,
    Mode,
    Output,
    ProgressCallback,
    Running,
    ShotInput,
    VideoOptions,
    VideoProvider,
)
from rushes.redaction import safe_line

MOST_SEED = 2**31
REFUSED = frozenset({"content_policy_violation"})
"""`type` of an error in `detail` (model-apis/errors): the model's own filter."""


@dataclass(frozen=True)
class Dialect:
    """How a family of models spells its input: each has names of its own."""

    endpoints: Mapping[Mode, str]
    """What is put behind the model's id."""
    duration: str
    """How seconds are written; `#` for a JSON number."""
    avoid: bool = False
    """Whether it has a field for what to avoid."""


VEO = Dialect(
    {
        Mode.TEXT_TO_VIDEO: "",
        Mode.IMAGE_TO_VIDEO: "/image-to-video",
        Mode.FIRST_LAST_FRAME: "/first-last-frame-to-video",
    },
    duration="{}s",
    avoid=True,
)
FLUX = Dialect({Mode.TEXT_TO_VIDEO: "/text-to-video"}, duration="#")
DIALECTS = {"fal-ai/veo3.1": VEO, "fal-ai/veo3.1/fast": VEO, "blackforestlabs/flux-3-max": FLUX}


class FalOptions(VideoOptions, frozen=True):
    """What fal's models can be asked for; which of it one can do is in the catalogue."""

    aspect_ratio: Literal["16:9", "9:16"] = Field(default="16:9", description="Shape of the picture.")
    resolution: Literal["720p", "1080p", "4k"] = Field(default="720p", description="Size of the picture.")
    duration_seconds: int = Field(default=8, ge=4, le=20, description="Length of a take, seconds.")
    audio: bool = Field(default=True, description="With sound. Without may cost less.")

    @property
    def priced_as(self) -> str:
        """Without sound it may cost less."""
        return self.resolution if self.audio else f"{self.resolution} silent"


class FalSettings(LinkSettings):
    """The addresses of fal's services."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_FAL_", env_file=".env", extra="ignore")

    queue_url: str = Field(
        default="https://queue.fal.run",
        description="fal's queue. Its second address is `https://queue.falrun.com`.",
    )
    platform_url: str = Field(
        default="https://api.fal.ai/v1", description="fal's own API, asked when a key is tested."
    )


class _Accepted(BaseModel):
    request_id: str = Field(min_length=1)
    response_url: str


class _Status(BaseModel):
    status: str
    response_url: str | None = None


class _File(BaseModel):
    url: str = Field(pattern=r"^https?://")


class _Result(BaseModel):
    video: _File


class _Detail(BaseModel):
    msg: str = ""
    type: str = ""


class _Told(BaseModel):
    """An error answer: `detail` is a list of typed errors of the model, or words of the queue's own."""

    detail: list[_Detail] | str = ""
    error_type: str = ""


class Fal(Connected, VideoProvider[FalOptions, FalSettings]):
    """See the module docstring."""

    id = "fal"
    title = "fal"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME})
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=4000, max_outputs=4, outputs_per_call=1, concurrency=10, poll_seconds=5.0
    )
    Options = FalOptions
    Settings = FalSettings
    credential = CredentialKind.KEY
    environment = ("FAL_KEY",)
    not_accepted: ClassVar[Mapping[str, str]] = {
        # "Failed requests that return 5xx status codes are not billed"; the others may be a gateway's.
        "503": "https://fal.ai/docs/model-apis/model-endpoints/reliability"
    }

    def check(self, shot: ShotInput, options: FalOptions) -> None:
        """Raise `Invalid` for what the model would refuse."""
        refuse([*usual_faults(self, shot, options), *prompt_faults(shot)])

    async def test(self, credential: Credential) -> None:
        """Ask for a price: the queue itself takes some requests without a key."""
        api = self._api(credential, self.settings.platform_url)
        path = f"/models/pricing?endpoint_id={next(iter(DIALECTS))}"
        await api.look("GET", path, step="test")

    async def submit(self, call: Call[FalOptions]) -> str:
        """Put the request into the queue. Returns the path of its result there."""
        self.check(call.shot, call.options)
        api = self._api(call.credential)
        dialect = DIALECTS[call.shot.model]
        body = await asyncio.to_thread(_input, call, dialect)
        response = await api.create(f"/{call.shot.model}{dialect.endpoints[call.shot.mode]}", json=body)
        accepted = parse(response, _Accepted, step="submit")
        # The path is fal's to choose ("do not build these URLs yourself"); the host is not.
        if not accepted.response_url.startswith(f"{api.base}/"):
            raise ProviderChanged("the result lies on another host", step="submit")
        return accepted.response_url.removeprefix(api.base)

    async def status(self, call: Call[FalOptions], remote_id: str) -> Running | Finished:
        """Look; when it is done, the result is what says how it went."""
        api = self._api(call.credential)
        answer = parse(await api.look("GET", f"{remote_id}/status", step="status"), _Status, step="status")
        if answer.status in {"IN_QUEUE", "IN_PROGRESS"}:
            return Running()
        if answer.status != "COMPLETED":
            raise ProviderChanged(f"the status is {safe_line(answer.status, 50)!r}", step="status")
        response = await api.look("GET", remote_id, step="result", expect=_is_failure)
        if not response.is_success:
            return Finished(failures={0: _failure(_read(response))}, cost=Decimal(0))
        link = parse(response, _Result, step="result").video.url
        return Finished((Output(0, link),), cost=cost_of(self, call, 1))

    async def fetch(
        self, call: Call[FalOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Download the file from fal's public storage, which is shown no key."""
        await self._api(call.credential).download(output.ref, into, progress)

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Take it out of the queue; what runs already is told to stop."""
        await self._api(credential).look("PUT", f"{remote_id}/cancel", step="cancel")

    def _api(self, credential: Credential | None, url: str | None = None) -> Api:
        secret = needed(credential).secret
        home = (url or self.settings.queue_url).rstrip("/")
        headers = {"authorization": f"Key {secret}"}
        return Api(
            self.client,
            "fal",
            home,
            headers,
            secret=secret,
            read=_read,
            refine=_refine,
            not_accepted=self.not_accepted,
        )


def _input(call: Call[FalOptions], dialect: Dialect) -> dict[str, Any]:
    """The model's input, in its own words; reads the images."""
    shot, options = call.shot, call.options
    seconds = options.duration_seconds
    body: dict[str, Any] = {
        "prompt": shot.prompt,
        "aspect_ratio": options.aspect_ratio,
        "resolution": options.resolution,
        "duration": seconds if dialect.duration == "#" else dialect.duration.format(seconds),
        "generate_audio": options.audio,
        "seed": shot.seeds[0] % MOST_SEED,
    }
    if shot.negative_prompt and dialect.avoid:
        body["negative_prompt"] = shot.negative_prompt
    elif shot.negative_prompt:
        body["prompt"] += f"\n\nAvoid: {shot.negative_prompt}"
    if shot.image and shot.last_image:
        body |= {"first_frame_url": _data_uri(shot.image), "last_frame_url": _data_uri(shot.last_image)}
    elif shot.image:
        body["image_url"] = _data_uri(shot.image)
    return body


def _data_uri(path: Path) -> str:
    media_type, data = read_image(path)
    return f"data:{media_type};base64,{data}"


def _read(response: httpx2.Response) -> Trouble:
    """The types of the errors are the reason; their words are the message."""
    try:
        told = _Told.model_validate(read_json(response.content))
    except (ValueError, ValidationError):
        told = _Told()
    types, words = told.error_type, told.detail
    if not isinstance(words, str):
        types = " ".join(detail.type for detail in words)
        words = " ".join(detail.msg for detail in words)
    return Trouble(response.status_code, words or response.reason_phrase, types, retry_after(response))


def _refine(trouble: Trouble) -> RushesError | None:
    if trouble.status in {402, 403} and "balance" in trouble.message.lower():
        return ActionNeeded(
            f"fal: {trouble.message}", error_type=ErrorType.CREDITS, hint="Top up there, then retry."
        )
    if trouble.status < 500 and REFUSED & set(trouble.reason.split()):
        return _refusal(trouble)
    return None


def _is_failure(trouble: Trouble) -> bool:
    """Whether an answer in place of a result is the model's own: typed errors, or a failure that is over.

    Anything else (a gateway's 502, a rate limit) says nothing of the request.
    """
    return bool(trouble.reason) or trouble.status in {400, 422}


def _failure(trouble: Trouble) -> RushesError:
    """Why a request ended without a video. fal bills no failure of its own."""
    if REFUSED & set(trouble.reason.split()):
        return _refusal(trouble)
    if trouble.status in {400, 422}:
        return Rejected(f"fal cannot make this: {trouble.message}", error_type=ErrorType.BAD_INPUT)
    return GenerationFailed(f"fal failed to make it: {trouble.message} ({trouble.reason})")


def _refusal(trouble: Trouble) -> Rejected:
    return Rejected(f"fal refused this: {trouble.message}", hint="Change the prompt or the image.")
