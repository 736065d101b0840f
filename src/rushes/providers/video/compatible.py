"""Compatible: any server that speaks OpenAI's `/v1/videos` (LiteLLM, resellers, another Rushes), by address.

Wire: OpenAI's Videos API as its Python SDK 3.5x speaks it. OpenAI's own service was shut down on 2026-09-24;
the shape lives on elsewhere. It has no field for what to avoid, which is said in the prompt, and none for a
seed. The ledger's key goes along as `Idempotency-Key`, for servers that know it; whether one does cannot be
seen from here, so a create is never sent twice and `find` cannot tell.
"""

import asyncio
import logging
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import quote

import httpx2
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import (
    ActionNeeded,
    ErrorType,
    Fault,
    GenerationFailed,
    ProviderChanged,
    Rejected,
    RushesError,
)
from rushes.providers.checks import cost_of, prompt_faults, refuse, usual_faults
from rushes.providers.http import Api, Client, Connected, Trouble, base_url, needed, parse
from rushes.providers.links import LinkSettings
from rushes.providers.reading import number_in, read_json, retry_after
from rushes.providers.video._compatible_answer import ErrorSaid, VideoSaid, VideoStage, stage_of
from rushes.providers.video_contract import (
    Call,
    Credential,
    CredentialFields,
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

log = logging.getLogger(__name__)

NAMED = "named"
"""The catalogue's model that stands for whatever `model_name` says."""
SIZES = {
    ("720p", "16:9"): "1280x720",
    ("720p", "9:16"): "720x1280",
    ("1024p", "16:9"): "1792x1024",
    ("1024p", "9:16"): "1024x1792",
    ("1080p", "16:9"): "1920x1080",
    ("1080p", "9:16"): "1080x1920",
}
LEAST_POLL_SECONDS = 1.0
MOST_POLL_SECONDS = 300.0
REFUSALS = {
    "moderation_blocked": ErrorType.POLICY_VIOLATION,
    "content_policy_violation": ErrorType.POLICY_VIOLATION,
    # The words of another Rushes.
    **{
        str(each): each
        for each in (
            ErrorType.POLICY_VIOLATION,
            ErrorType.PROMINENT_PEOPLE,
            ErrorType.MINORS,
            ErrorType.COPYRIGHT,
        )
    },
}
NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "budget_exceeded"})


class CompatibleOptions(VideoOptions, frozen=True):
    """What such a server can be asked for; which of it holds for its models, only the server knows."""

    aspect_ratio: Literal["16:9", "9:16"] = Field(default="16:9", description="Shape of the picture.")
    resolution: Literal["720p", "1024p", "1080p"] = Field(default="720p", description="Size of the picture.")
    duration_seconds: int = Field(default=4, ge=1, le=60, description="Length of a take, seconds.")
    model_name: str = Field(
        default="",
        max_length=200,
        pattern=r"^[\w./:@+-]*$",
        description="Name of the model on that server; empty: the one it takes when none is named.",
    )


class CompatibleSettings(LinkSettings):
    """Address, key and price belong to the key."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_COMPATIBLE_", env_file=".env", extra="ignore")


class CompatibleFields(CredentialFields, frozen=True):
    """Where the server is, and what it charges."""

    base_url: str = Field(description="Address of the server's API, such as https://example.com/v1.")
    price_per_second: str = Field(
        default="",
        pattern=r"^(\d{1,4}(\.\d{1,12})?)?$",
        description="US dollars for a second of video, if you know it; empty: costs count as 0.",
    )


class Compatible(Connected, VideoProvider[CompatibleOptions, CompatibleSettings]):
    """See the module docstring."""

    id = "compatible"
    title = "OpenAI-compatible server"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO})
    limits: ClassVar[Limits] = Limits(max_prompt_chars=8000, max_outputs=4, outputs_per_call=1, concurrency=8)
    Options = CompatibleOptions
    Settings = CompatibleSettings
    Fields = CompatibleFields
    credential = CredentialKind.KEY
    not_accepted: ClassVar[Mapping[str, str]] = {
        # "The model does not have enough capacity to process your request"; video overload is told so.
        f"503 {word}": "https://developers.openai.com/api/docs/guides/error-codes"
        for word in ("server_is_overloaded", "service_unavailable_error")
    }

    def check(self, shot: ShotInput, options: CompatibleOptions) -> None:
        """Raise `Invalid` for what can be known here."""
        faults = [*usual_faults(self, shot, options), *prompt_faults(shot)]
        if shot.model != NAMED and options.model_name:
            faults.append(Fault("model_name", f"The model is {shot.model!r} already.", "not_supported"))
        refuse(faults)

    async def test(self, credential: Credential) -> None:
        """Ask for the list of models. A server without one is believed."""
        await _api(self.client, credential).look(
            "GET", "/models", step="test", expect=lambda trouble: trouble.status in {404, 405, 501}
        )

    async def submit(self, call: Call[CompatibleOptions]) -> str:
        """Create a video. Returns its id."""
        self.check(call.shot, call.options)
        form = await asyncio.to_thread(_form, call)
        response = await _api(self.client, needed(call.credential)).create(
            "/videos", files=form, headers={"idempotency-key": call.key}
        )
        return parse(response, VideoSaid, step="submit").id

    async def status(self, call: Call[CompatibleOptions], remote_id: str) -> Running | Finished:
        """Look at the video; `openai-poll-after-ms` says when to look again."""
        credential = needed(call.credential)
        response = await _api(self.client, credential).look("GET", _path(remote_id), step="status")
        video = parse(response, VideoSaid, step="status")
        if not video.status:
            raise ProviderChanged("the answer has no status", step="status")
        match stage_of(video.status):
            case VideoStage.RUNNING:
                return Running(video.progress, _poll_after(response))
            case VideoStage.DONE:
                return Finished((Output(0, remote_id),), cost=self._cost(call, credential))
            case VideoStage.ENDED:
                return Finished(failures={0: _failure(video.error)}, cost=Decimal(0))

    async def fetch(
        self, call: Call[CompatibleOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Download the content, wherever the server sends us for it."""
        api = _api(self.client, needed(call.credential))
        await api.download(f"{api.base}{_path(output.ref)}/content", into, progress)

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Delete it there: what stops it, where a server can stop it."""
        await _api(self.client, needed(credential)).look("DELETE", _path(remote_id), step="cancel")

    def _cost(self, call: Call[CompatibleOptions], credential: Credential) -> Decimal | None:
        """By the catalogue where it has a price, else by the price its owner gave with the key, else 0."""
        listed = cost_of(self, call, 1)
        if listed:
            return listed
        given = credential.fields.get("price_per_second", "").strip()
        try:
            if given:
                return Decimal(given) * call.options.duration_seconds
        except InvalidOperation:
            log.warning("the price of key %s is no number", credential.name)
        log.warning(
            "what %s costs with key %s is not known: give the key a price, or the model in the catalogue",
            call.options.model_name or call.shot.model,
            credential.name,
        )
        return listed


def _api(client: Client, credential: Credential) -> Api:
    address = credential.fields.get("base_url", "")
    headers = {"authorization": f"Bearer {credential.secret}"} if credential.secret else {}
    return Api(
        client,
        "The server",
        base_url(address),
        headers,
        secret=credential.secret,
        read=_read,
        refine=_refine,
        not_accepted=Compatible.not_accepted,
    )


def _form(call: Call[CompatibleOptions]) -> list[tuple[str, Any]]:
    """The fields of a create: always multipart, as OpenAI's SDK sends it."""
    shot, options = call.shot, call.options
    avoid = f"\n\nAvoid: {shot.negative_prompt}" if shot.negative_prompt else ""
    model = options.model_name if shot.model == NAMED else shot.model
    fields = {
        "prompt": shot.prompt + avoid,
        "model": model,
        "seconds": str(options.duration_seconds),
        "size": SIZES[options.resolution, options.aspect_ratio],
    }
    form: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items() if value]
    if shot.image:
        kind = "png" if shot.image.suffix.lower() == ".png" else "jpeg"
        form.append(("input_reference", (f"first.{kind}", shot.image.read_bytes(), f"image/{kind}")))
    return form


def _path(video_id: str) -> str:
    return f"/videos/{quote(video_id, safe='')}"


def _poll_after(response: httpx2.Response) -> float | None:
    wanted = number_in(response.headers.get("openai-poll-after-ms", ""))
    return None if wanted is None else min(MOST_POLL_SECONDS, max(LEAST_POLL_SECONDS, wanted / 1000))


def _read(response: httpx2.Response) -> Trouble:
    """OpenAI's envelope; `{"detail": …}` and `{"error": "…"}` of its imitations; or no envelope at all."""
    try:
        body = read_json(response.content)
        told = body.get("error") or body.get("detail") or body
        error = ErrorSaid.model_validate(told)
    except (ValueError, AttributeError):
        error = ErrorSaid()
    words = f"{error.code or ''} {error.type or ''}".strip()
    return Trouble(
        response.status_code, error.message or response.reason_phrase, words, retry_after(response)
    )


def _refine(trouble: Trouble) -> RushesError | None:
    words = set(trouble.reason.split())
    if trouble.status < 500:
        for word in words & REFUSALS.keys():
            return _refused(REFUSALS[word], trouble.message)
    if trouble.status in {400, 403, 429} and words & NO_MONEY:
        return ActionNeeded(
            f"The server: {trouble.message}", error_type=ErrorType.CREDITS, hint="Top up there, then retry."
        )
    return None


def _failure(error: ErrorSaid | None) -> RushesError:
    """Why a video ended without a take. Nothing is counted for one."""
    if error is None:
        return GenerationFailed("The server failed to make it and gave no reason.")
    code, message = error.code or "", error.message or "The server gave no reason."
    if code in REFUSALS:
        return _refused(REFUSALS[code], message)
    if code.startswith("invalid"):
        return Rejected(f"The server cannot make this: {message}", error_type=ErrorType.BAD_INPUT)
    return GenerationFailed(f"The server failed to make it: {message}")


def _refused(error_type: ErrorType, message: str) -> Rejected:
    return Rejected(
        f"The server refused this: {message}", error_type=error_type, hint="Change the prompt or the image."
    )
