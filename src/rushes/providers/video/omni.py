"""Gemini Omni: Google's video model behind an API key, over the Interactions API in the background.

A create is sent once. Its id is kept before the first look, and from then on everything is waited for: rate
caps that come late, statuses nobody knows yet, and the file, which is there some time after `completed`.
Interactions cannot be listed, so a create whose answer was lost cannot be found again: `find` cannot tell.
"""

import asyncio
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import httpx2
from pydantic import Field, HttpUrl
from pydantic_settings import SettingsConfigDict

from rushes.errors import (
    ActionNeeded,
    ErrorType,
    Expired,
    Fault,
    GenerationFailed,
    Invalid,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
)
from rushes.providers.bodies import INLINE_BYTES, UnboundedAnswerError
from rushes.providers.checks import find_model, prompt_faults, refuse, usual_faults
from rushes.providers.google import is_identity
from rushes.providers.google_errors import as_json, definite_error, is_limit, read_error
from rushes.providers.http import GONE, UNCLEAR, Api, Connected, Trouble, needed, parse, parse_body, unsent
from rushes.providers.inline import write_inline
from rushes.providers.links import LinkSettings
from rushes.providers.video._omni_replies import ENDED, TITLE, Interaction, OmniAccepted, OmniFile, why_not
from rushes.providers.video._omni_request import MOST_IMAGE_BYTES, image_bytes, request_body
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

if TYPE_CHECKING:
    from rushes.providers.video._omni_sdk import Sdk

INLINE = "inline:"
FILE = re.compile(r"/files/([\w-]+)")
GOOGLE = "generativelanguage.googleapis.com"
LONGEST_PAUSE = 300.0


class OmniOptions(VideoOptions, frozen=True):
    """What Omni can be asked for. Sound is always there."""

    aspect_ratio: Literal["16:9", "9:16"] = Field(default="16:9", description="Shape of the picture.")
    resolution: Literal["360p", "720p", "1080p", "4k"] = Field(
        default="720p", description="Size of the picture; 1080p and 4k are scaled up by the model."
    )
    duration_seconds: Literal[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] = Field(
        default=5, description="Length of a take, seconds; 1.1 makes up to 10, 1.2 up to 15."
    )


class OmniSettings(LinkSettings):
    """Where Omni is, and how often it is looked at."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OMNI_", env_file=".env", extra="ignore")

    base_url: HttpUrl = Field(default=HttpUrl(f"https://{GOOGLE}"), description="Address of the Gemini API.")
    poll_seconds: float = Field(
        default=5.0, gt=0, description="How long to wait between two looks at a video in progress, seconds."
    )


class Omni(Connected, VideoProvider[OmniOptions, OmniSettings]):
    """See the module docstring."""

    id = "omni"
    title = TITLE
    modes = frozenset(Mode)
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=8000, max_outputs=4, concurrency=8, poll_seconds=5.0, timeout_seconds=1800.0
    )
    Options = OmniOptions
    Settings = OmniSettings
    credential = CredentialKind.KEY
    most_answer_bytes = INLINE_BYTES
    environment: ClassVar[tuple[str, ...]] = ("GEMINI_API_KEY", "GOOGLE_API_KEY")

    def __init__(self, settings: OmniSettings) -> None:
        super().__init__(settings)
        self.base = str(settings.base_url).rstrip("/")
        self._sdk: Sdk | None = None

    def check(self, shot: ShotInput, options: OmniOptions) -> None:
        """Raise `Invalid` for what Omni would refuse."""
        faults = [*usual_faults(self, shot, options), *prompt_faults(shot)]
        if shot.last_image and not shot.image:
            faults.append(Fault("last_image", "A last frame needs a first frame.", "missing"))
        if shot.source and shot.last_image:
            faults.append(Fault("last_image", "A take that is changed has no last frame.", "not_supported"))
        if shot.source and shot.extend and shot.image:
            faults.append(Fault("image", "A take that is made longer has no first frame.", "not_supported"))
        if image_bytes(shot) > MOST_IMAGE_BYTES:
            most = MOST_IMAGE_BYTES // 2**20
            faults.append(Fault("image", f"The images of a shot may have {most} MiB together.", "too_large"))
        refuse(faults)

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """A key of the Gemini API is one; an identity on Google Cloud, or a key of another server, is not."""
        if is_identity(secret):
            return f"{TITLE} takes keys of the Gemini API; this is an identity on Google Cloud."
        return f"{TITLE} is not at {fields['base_url']}." if fields.get("base_url") else None

    async def test(self, credential: Credential) -> None:
        """List one model, which costs nothing. Raises `ActionNeeded` for a key that is not taken."""
        await self._api(credential).look("GET", "/v1/models", step="test", params={"pageSize": "1"})

    async def submit(self, call: Call[OmniOptions]) -> str:
        """Start an interaction. Returns its id."""
        self.check(call.shot, call.options)
        key = needed(call.credential).secret
        body = await asyncio.to_thread(request_body, call.shot, call.options)
        sdk = await self._open()
        try:
            answer = await sdk.create(key, body)
        except httpx2.TransportError as error:
            if unsent(error):
                raise RetryLater(f"{TITLE} cannot be reached.", error_type=ErrorType.NETWORK) from None
            raise ConnectionError(
                f"{TITLE} broke off ({type(error).__name__}); it may have accepted this."
            ) from None
        if answer.trouble is not None:
            raise self._refusal(answer.trouble, call.shot.model)
        return parse_body(answer.text, OmniAccepted, step="submit").id

    async def status(self, call: Call[OmniOptions], remote_id: str) -> Running | Finished:
        """Look at the interaction, then at its file."""
        credential = needed(call.credential)
        seen = await self._look(credential, remote_id)
        if isinstance(seen, Running | Finished):
            return seen
        if seen.status not in ENDED:
            return Running(poll_after=self.settings.poll_seconds)
        model = find_model(self, call.shot)
        prices = model and model.token_prices
        cost = seen.usage.cost(prices) if seen.usage is not None and prices else None
        video = seen.video
        if video is None:
            return Finished(failures={0: why_not(seen)}, cost=cost)
        if video.uri is None:
            return Finished((Output(0, f"{INLINE}{remote_id}"),), cost=cost)
        state = await self._file_state(credential, video.uri)
        if state == "FAILED":
            return Finished(failures={0: GenerationFailed(f"{TITLE} lost the file of the video.")}, cost=cost)
        if state != "ACTIVE":
            return Running(poll_after=self.settings.poll_seconds)
        return Finished((Output(0, video.uri),), cost=cost)

    async def fetch(
        self, call: Call[OmniOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Write the take: from its file, from a link, or out of the interaction itself."""
        credential = needed(call.credential)
        if not output.ref.startswith(INLINE):
            name = self._file_name(output.ref)
            link = f"{self.base}/v1/files/{name}:download?alt=media" if name else output.ref
            await self._api(credential).download(link, into, progress)
            return
        seen = await self._look(credential, output.ref.removeprefix(INLINE))
        if isinstance(seen, Running):
            raise RetryLater(f"{TITLE} is busy.", error_type=ErrorType.NETWORK, after=seen.poll_after)
        video = seen.video if isinstance(seen, Interaction) else None
        if video is None or video.data is None:
            raise ProviderChanged("the video is not in the answer any more", step="fetch")
        await asyncio.to_thread(write_inline, into, video.data)
        progress(1.0)

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """Cancel the interaction. Raises `ProviderChanged`, or `RetryLater` when no answer came."""
        sdk = await self._open()
        try:
            answer = await sdk.cancel(needed(credential).secret, remote_id)
        except UnboundedAnswerError as error:
            raise ProviderChanged(f"{TITLE} gave {error}", step="cancel") from None
        except httpx2.TransportError:
            raise RetryLater(f"{TITLE} cannot be reached.", error_type=ErrorType.NETWORK) from None
        if answer.trouble is not None:
            raise ProviderChanged(answer.trouble.message, step="cancel")

    async def _open(self) -> "Sdk":
        sdk = self._sdk
        if sdk is None:
            self._sdk = sdk = await asyncio.to_thread(self._load)
        return sdk

    def _load(self) -> "Sdk":
        # Half a second of importing, for which whoever uses another provider need not wait.
        return import_module("rushes.providers.video._omni_sdk").Sdk(self.base, self.client)

    async def _look(self, credential: Credential, remote_id: str) -> Interaction | Running | Finished:
        sdk = await self._open()
        try:
            answer = await sdk.get(credential.secret, remote_id)
        except UnboundedAnswerError as error:
            raise ProviderChanged(f"{TITLE} gave {error}", step="status") from None
        except httpx2.TransportError:
            raise RetryLater(f"{TITLE} cannot be reached.", error_type=ErrorType.NETWORK) from None
        if answer.trouble is not None:
            return self._wait_or_raise(answer.trouble)
        # It may hold the video itself, tens of megabytes of it.
        seen = await asyncio.to_thread(parse_body, answer.text, Interaction, step="status")
        if seen.trouble:
            return self._wait_or_raise(seen.trouble)
        if not seen.status:
            raise ProviderChanged("an interaction without a status", step="status")
        return seen

    def _wait_or_raise(self, trouble: Trouble) -> Running | Finished:
        """What a look that went wrong means for something that was accepted."""
        if is_limit(trouble):
            wait = self.settings.poll_seconds if trouble.after is None else trouble.after
            return Running(poll_after=min(wait, LONGEST_PAUSE))
        if trouble.status >= 500 or trouble.status in UNCLEAR or _transient(trouble):
            raise RetryLater(f"{TITLE}: {trouble.message}", error_type=ErrorType.NETWORK)
        error = definite_error(trouble, TITLE)
        if isinstance(error, Rejected):
            return Finished(failures={0: error})
        if isinstance(error, ActionNeeded):
            raise error
        # An id that is not known (any more) is told as a bad request.
        gone = trouble.status in GONE or "invalid interaction name" in trouble.message.lower()
        changed = Expired if gone else ProviderChanged
        raise changed(f"{TITLE} answered {trouble.status}: {trouble.message}", step="status")

    def _refusal(self, trouble: Trouble, model: str) -> Exception:
        """What an error at the create means. One of our own says that nothing was accepted."""
        if trouble.status >= 500 or trouble.status in UNCLEAR:
            return ConnectionError(
                f"{TITLE}: {trouble.message} ({trouble.status}); it may have accepted this."
            )
        if trouble.status < 400:
            return ActionNeeded(
                f"{TITLE} has moved: it answers with a redirect.", hint="Correct RUSHES_OMNI_BASE_URL."
            )
        if _transient(trouble):
            return RetryLater(f"{TITLE}: {trouble.message}", error_type=ErrorType.NETWORK)
        if error := definite_error(trouble, TITLE):
            return error
        others = [each.id for each in self.models.models if each.id != model]
        hint = f"Choose {' or '.join(others)}." if trouble.status == 404 and others else None
        return Invalid(f"{TITLE} did not take this: {trouble.message}", hint=hint)

    async def _file_state(self, credential: Credential, uri: str) -> str:
        name = self._file_name(uri)
        if name is None:
            return "ACTIVE"
        answer = await self._api(credential).look("GET", f"/v1/files/{name}", step="file")
        return parse(answer, OmniFile, step="file").state

    def _file_name(self, uri: str) -> str | None:
        """The name of a file at Google, even if we go there by another address. None for any other link."""
        found = FILE.search(uri)
        hosts = {GOOGLE, httpx2.URL(self.base).host}
        return found[1] if found and httpx2.URL(uri).host in hosts else None

    def _api(self, credential: Credential) -> Api:
        key = credential.secret
        headers = {"x-goog-api-key": key}
        return Api(self.client, TITLE, self.base, headers, secret=key, read=_read, refine=_refine)


def _transient(trouble: Trouble) -> bool:
    # Seen with 400 at looks at running, billed interactions; the next look was fine.
    return "multiple authentication credentials" in trouble.message.lower()


def _read(response: httpx2.Response) -> Trouble:
    return read_error(response.status_code, as_json(response.text), response.headers)


def _refine(trouble: Trouble) -> RushesError | None:
    if "may not exist" in trouble.message:  # said with 403 of a file that is gone; the key is fine
        return Rejected(trouble.message, error_type=ErrorType.GENERATION_FAILED)
    return definite_error(trouble, TITLE)
