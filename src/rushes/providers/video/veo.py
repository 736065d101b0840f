"""Veo: on Vertex AI, by service account or this machine's identity; and on servers of the old Gemini API.

The two differ in address, sign-in, how an operation is looked at and how its videos are given. Why this is
plain HTTP with google-auth, and not google-genai: decision 0012.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, Fault, Invalid, ProviderChanged
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.checks import cost_of, prompt_faults, refuse, usual_faults
from rushes.providers.google import ADC, is_identity, read, refine
from rushes.providers.http import Api, Connected, base_url, needed, parse
from rushes.providers.inline import write_inline
from rushes.providers.links import LinkSettings
from rushes.providers.video._veo_wire import (
    MOST_SEED,
    VeoAccepted,
    VeoOperation,
    failure,
    missing,
    request_body,
)
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

if TYPE_CHECKING:
    from rushes.providers.google_identity import GoogleAccess, Identities

NAME = re.compile(r"[a-z0-9][a-z0-9.:-]*")
"""A project or region: nothing in it could lead to another host."""
NO_GEMINI_KEYS = "Veo is no longer offered for keys of the Gemini API."
INSTEAD = (
    "Use a service account (Vertex AI), the provider omni, or the base URL of a server that still has it."
)
MOST_REFERENCES = 3
REFERENCE_SECONDS = 8


class VeoOptions(VideoOptions, frozen=True):
    """What Veo can be asked for."""

    aspect_ratio: Literal["16:9", "9:16"] = Field(default="16:9", description="Shape of the picture.")
    resolution: Literal["720p", "1080p", "4k"] = Field(
        default="720p", description="Size of the picture; 1080p and 4k are 8 seconds long."
    )
    duration_seconds: Literal[4, 6, 8] = Field(default=8, description="Length of a take, seconds.")
    audio: bool = Field(default=True, description="With sound. Without costs less (Vertex AI only).")
    people: Literal["auto", "everybody", "adults", "nobody"] = Field(
        default="auto", description="Who may be shown; auto leaves it to the service."
    )
    fit: Literal["pad", "crop"] = Field(
        default="pad", description="How an image of another shape becomes a frame (Vertex AI only)."
    )

    @property
    def priced_as(self) -> str:
        """The key into the catalogue's prices: without sound it costs less."""
        return self.resolution if self.audio else f"{self.resolution} silent"


class VeoSettings(LinkSettings):
    """Where Google keeps what it made."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_VEO_", env_file=".env", extra="ignore")

    storage_url: str = Field(
        default="https://storage.googleapis.com", description="Where `gs://` links are fetched from."
    )


class VeoFields(CredentialFields, frozen=True):
    """What goes with a service account, or with the key of a server of the old Gemini API."""

    project: str = Field(
        default="",
        pattern=f"^({NAME.pattern})?$",
        description="Id of the Google Cloud project; empty: the service account's own.",
    )
    location: str = Field(
        default="us-central1", pattern=f"^{NAME.pattern}$", description="Region of Vertex AI, or global."
    )
    storage_uri: str = Field(
        default="",
        pattern=r"^(gs://[^/]+(/.*)?)?$",
        description="Folder in Google Cloud Storage that videos are put into (gs://bucket/folder);"
        " empty: they come inside the answer.",
    )
    base_url: str = Field(
        default="", description="Another address of the service; a must for servers of the old Gemini API."
    )


@dataclass(frozen=True)
class Door:
    """One of the two services, with one key."""

    api: Api
    models: str
    """The path above the models."""
    vertex: bool


class Veo(Connected, VideoProvider[VeoOptions, VeoSettings]):
    """See the module docstring. A service account's file, or the word `adc`, is for Vertex AI."""

    id = "veo"
    title = "Veo"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME, Mode.REFERENCES})
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=4000, max_outputs=4, outputs_per_call=4, concurrency=10, timeout_seconds=1800.0
    )
    Options = VeoOptions
    Settings = VeoSettings
    Fields = VeoFields
    credential = CredentialKind.KEY
    most_answer_bytes = INLINE_BYTES
    words = frozenset({ADC})

    @cached_property
    def identities(self) -> "Identities":
        """Whose name the calls are made in."""
        return import_module("rushes.providers.google_identity").Identities()

    def check(self, shot: ShotInput, options: VeoOptions) -> None:
        """Raise `Invalid` for what Veo would refuse."""
        faults = [*usual_faults(self, shot, options), *prompt_faults(shot)]
        if shot.last_image and not shot.image:
            faults.append(Fault("last_image", "A last frame needs a first frame.", "missing"))
        if shot.references and (shot.image or shot.last_image):
            faults.append(Fault("references", "References and frames do not go together.", "not_supported"))
        if len(shot.references) > MOST_REFERENCES:
            faults.append(Fault("references", f"At most {MOST_REFERENCES} references.", "out_of_range"))
        if shot.references and options.duration_seconds != REFERENCE_SECONDS:
            text = f"With references a take is {REFERENCE_SECONDS} seconds long."
            faults.append(Fault("duration_seconds", text, "not_supported"))
        refuse(faults)

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """A key of the Gemini API is one only for a server of its own that still has Veo."""
        if is_identity(secret) or fields.get("base_url"):
            return None
        return f"{NO_GEMINI_KEYS} {INSTEAD}"

    async def test(self, credential: Credential) -> None:
        """Sign in, and look at the region (or at the list of models)."""
        door = await self._door(credential)
        path = door.models.partition("/publishers/")[0] if door.vertex else f"{door.models}?pageSize=1"
        await door.api.look("GET", path, step="test")

    async def submit(self, call: Call[VeoOptions]) -> str:
        """Start an operation. Returns its name."""
        self.check(call.shot, call.options)
        credential = needed(call.credential)
        door = await self._door(credential)
        if not door.vertex and len(call.shot.seeds) > 1:
            fault = Fault("outputs", "The Gemini API makes one take a call; ask for one.", "out_of_range")
            raise Invalid(fault.message, [fault])
        body = await asyncio.to_thread(
            request_body,
            call.shot,
            _parameters(call, credential) if door.vertex else _common_parameters(call.options),
            people=call.options.people,
            vertex=door.vertex,
        )
        if door.vertex:
            # So that a line of the bill names its submission.
            body["labels"] = {"rushes-submission": call.key}
        path = f"{door.models}/{call.shot.model}:predictLongRunning"
        return parse(await door.api.create(path, json=body), VeoAccepted, step="submit").name

    async def status(self, call: Call[VeoOptions], remote_id: str) -> Running | Finished:
        """Read the state of the operation."""
        operation = await self._look(needed(call.credential), remote_id)
        if not operation.done:
            return Running()
        takes = range(len(call.shot.seeds))
        if operation.error is not None:
            return Finished(failures=dict.fromkeys(takes, failure(operation.error)), cost=Decimal(0))
        made = operation.made
        if made is None:
            raise ProviderChanged("it is done, with neither a response nor an error", step="status")
        videos = made.videos[: len(takes)]
        outputs = tuple(
            Output(at, video.gcs_uri or video.uri or remote_id) for at, video in enumerate(videos)
        )
        rest = takes[len(videos) :]
        failures = dict(zip(rest, missing(made, len(rest)), strict=True))
        return Finished(outputs, failures, cost_of(self, call, len(outputs)))

    async def fetch(
        self, call: Call[VeoOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Write a take: from Google's storage, from a link, or out of the operation itself."""
        credential = needed(call.credential)
        if output.ref.startswith("gs://"):
            api = await self._google(credential, self.settings.storage_url.rstrip("/"))
            await api.download(f"{api.base}/{quote(output.ref.removeprefix('gs://'))}", into, progress)
        elif "://" in output.ref:
            await (await self._door(credential)).api.download(output.ref, into, progress)
        else:
            made = (await self._look(credential, output.ref)).made
            videos = made.videos if made else []
            data = videos[output.index].data if output.index < len(videos) else None
            if data is None:
                raise ProviderChanged(f"take {output.index} has neither a link nor bytes", step="fetch")
            await asyncio.to_thread(write_inline, into, data)
            progress(1.0)

    async def _look(self, credential: Credential, name: str) -> VeoOperation:
        door = await self._door(credential)
        if door.vertex:
            model, _, _ = name.rpartition("/operations/")
            asked = {"operationName": name}
            answer = await door.api.look(
                "POST", f"/v1/{model}:fetchPredictOperation", step="status", json=asked
            )
        else:
            answer = await door.api.look("GET", f"/v1beta/{name}", step="status")
        # An answer may hold the videos themselves, tens of megabytes of them.
        return await asyncio.to_thread(parse, answer, VeoOperation, step="status")

    async def _door(self, credential: Credential) -> Door:
        fields, secret = credential.fields, credential.secret
        if not is_identity(secret):
            if not fields.get("base_url"):
                raise ActionNeeded(NO_GEMINI_KEYS, hint=INSTEAD)
            headers = {"x-goog-api-key": secret}
            home = base_url(fields["base_url"])
            api = Api(self.client, "Veo", home, headers, secret=secret, read=read, refine=refine)
            return Door(api, "/v1beta/models", vertex=False)
        location = fields.get("location") or "us-central1"
        project = fields.get("project") or (await self._identity(credential)).project or ""
        if not NAME.fullmatch(location) or not NAME.fullmatch(project):
            raise ActionNeeded(
                "The project or the location of this key is missing or misspelt.",
                hint="Give the project's id (my-project-123) and a region (us-central1, global).",
            )
        region = "" if location == "global" else f"{location}-"
        home = fields.get("base_url") or f"https://{region}aiplatform.googleapis.com"
        models = f"/v1/projects/{project}/locations/{location}/publishers/google/models"
        return Door(await self._google(credential, base_url(home)), models, vertex=True)

    async def _identity(self, credential: Credential) -> "GoogleAccess":
        home = credential.fields.get("base_url", "")
        return await self.identities.get(credential.secret, home=home, private=self.settings.private_links)

    async def _google(self, credential: Credential, home: str) -> Api:
        token = await (await self._identity(credential)).token()
        headers = {"authorization": f"Bearer {token}"}
        return Api(self.client, "Veo", home, headers, secret=token, read=read, refine=refine)


def _common_parameters(options: VeoOptions) -> dict[str, object]:
    return {
        "aspectRatio": options.aspect_ratio,
        "resolution": options.resolution,
        "durationSeconds": options.duration_seconds,
    }


def _parameters(call: Call[VeoOptions], credential: Credential) -> dict[str, object]:
    """Vertex AI knows more: sound, a seed (the first take's; the others follow from it), a folder."""
    parameters = _common_parameters(call.options)
    parameters |= {"generateAudio": call.options.audio, "seed": call.shot.seeds[0] % MOST_SEED}
    if call.shot.image:
        parameters["resizeMode"] = call.options.fit.upper()
    if folder := credential.fields.get("storage_uri"):
        # A folder for each submission: what lies there was made for it and for nothing else.
        parameters["storageUri"] = f"{folder.rstrip('/')}/{call.key}/"
    return parameters
