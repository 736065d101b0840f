"""Pictures behind OpenAI's images API: OpenAI, or a server that speaks it, by its address.

Wire: `POST /images/generations` as OpenAI's Python SDK 3.5x sends it, as of November 2026. A picture comes
inside the answer (`b64_json`); servers that give a link instead have it followed at once, since such links
end.
"""

import asyncio
import math
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, Expired, Fault, Invalid, ProviderChanged, RetryLater
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.http import Api, Connected, parse
from rushes.providers.links import LinkSettings
from rushes.providers.openai_api import OpenAiFields, api_of, list_models
from rushes.providers.picture_contract import (
    Generated,
    PictureCall,
    PictureFile,
    PictureOptions,
    PictureProvider,
)
from rushes.providers.pictures._made import SUFFIXES, write_made
from rushes.providers.pictures._stock import PHOTO_BYTES, media_type_of

NAMED = "named"
STEP = 16
PIXELS = 1536 * 1024
"""Of a picture: what the prices are for. Frames that are larger enlarge it by a fifth or so."""
LONGEST_RATIO = 3.0


class OpenAiPictureOptions(PictureOptions, frozen=True):
    """How much care goes into it, and which model draws."""

    quality: Literal["low", "medium", "high"] = Field(
        default="medium", description="More quality costs more, and takes longer."
    )
    model_name: str = Field(
        default="",
        max_length=200,
        pattern=r"^[\w./:@+-]*$",
        description="Name of the model on a server of your own, for the model `named`.",
    )

    @property
    def priced_as(self) -> str:
        """By its quality."""
        return self.quality


class OpenAiPictureSettings(LinkSettings):
    """Address and key belong to the key."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OPENAI_PICTURE_", env_file=".env", extra="ignore")


class _Image(BaseModel):
    b64_json: str | None = None
    url: str | None = None


class _Images(BaseModel):
    data: list[_Image] = Field(min_length=1)


class OpenAiPicture(Connected, PictureProvider[OpenAiPictureOptions, OpenAiPictureSettings]):
    """See the module docstring."""

    id = "openai_picture"
    title = "OpenAI picture"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=8000, concurrency=4)
    Options = OpenAiPictureOptions
    Settings = OpenAiPictureSettings
    Fields = OpenAiFields
    credential = CredentialKind.KEY
    environment = ("OPENAI_API_KEY",)
    generates = True
    most_answer_bytes = INLINE_BYTES

    async def test(self, credential: Credential) -> None:
        """Ask for the list of models."""
        await list_models(api_of(self.client, credential))

    async def generate(self, call: PictureCall[OpenAiPictureOptions], folder: Path) -> Generated:
        """Ask for one picture in the shape of the frame."""
        model = call.options.model_name if call.model == NAMED else call.model
        faults: list[Fault] = []
        if not call.prompt.strip():
            faults.append(Fault("prompt", "Say what it shows.", "empty"))
        if not model:
            faults.append(Fault("model_name", "Name the model of your server.", "missing"))
        if call.model != NAMED and call.options.model_name:
            faults.append(Fault("model_name", f"The model is {call.model!r} already.", "not_supported"))
        if faults:
            raise Invalid(" ".join(each.message for each in faults), faults)
        api = api_of(self.client, call.credential)
        response = await api.create(
            "/images/generations", json=_body(call, model), headers={"idempotency-key": call.key}
        )
        cost = self._cost(call)
        try:
            image = (await asyncio.to_thread(parse, response, _Images, step="generate")).data[0]
            file = await _written(api, image, folder)
        except ProviderChanged as error:
            error.cost = cost  # it was made, and is billed
            raise
        return Generated((file,), cost=cost)

    def _cost(self, call: PictureCall[OpenAiPictureOptions]) -> Decimal | None:
        found = next((each for each in self.models.models if each.id == call.model), None)
        return found.price(call.options.priced_as) if found else None


def fitting_size(width: int, height: int) -> tuple[int, int]:
    """Return the sides of a picture in the shape of a frame: multiples of 16, as many pixels as priced."""
    ratio = min(LONGEST_RATIO, max(1 / LONGEST_RATIO, width / height))
    across = math.sqrt(PIXELS * ratio)
    return round(across / STEP) * STEP, round(across / ratio / STEP) * STEP


def _body(call: PictureCall[OpenAiPictureOptions], model: str) -> dict[str, Any]:
    across, down = fitting_size(call.width, call.height)
    return {
        "model": model,
        "prompt": call.prompt,
        "n": 1,
        "size": f"{across}x{down}",
        "quality": call.options.quality,
        "output_format": "png",
    }


async def _written(api: Api, image: _Image, folder: Path) -> PictureFile:
    if image.b64_json:
        return await asyncio.to_thread(write_made, folder, "picture", image.b64_json)
    if image.url:
        return await _linked(api, image.url, folder)
    raise ProviderChanged("the answer holds no picture", step="generate")


async def _linked(api: Api, url: str, folder: Path) -> PictureFile:
    path = folder / "picture"
    try:
        await api.download(url, path, lambda done: None, PHOTO_BYTES)
    except (ActionNeeded, RetryLater) as error:  # what they say of a call does not hold for one that was paid
        raise Expired(f"the link is over: {error.message}", step="generate") from None
    head = await asyncio.to_thread(lambda: path.read_bytes()[:16])
    media_type = media_type_of(head)
    if media_type not in SUFFIXES:
        await asyncio.to_thread(path.unlink)
        raise ProviderChanged("what the link leads to is no picture", step="generate")
    return PictureFile(
        await asyncio.to_thread(path.rename, folder / f"picture.{SUFFIXES[media_type]}"), media_type
    )
