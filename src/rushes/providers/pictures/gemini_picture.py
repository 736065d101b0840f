"""Pictures by Gemini's image models: `generateContent`, the picture inside the answer.

Wire: ai.google.dev/gemini-api/docs/image-generation; as of November 2026 (Imagen was closed in August).
"""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

import httpx2
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault, Invalid, ProviderChanged, Rejected
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.bodies import INLINE_BYTES
from rushes.providers.gemini_api import (
    ENVIRONMENT,
    GeminiAnswer,
    GeminiSettings,
    api_of,
    gemini_address,
    list_models,
    refusal,
    unfit,
)
from rushes.providers.http import Connected, parse
from rushes.providers.picture_contract import (
    Generated,
    PictureCall,
    PictureFile,
    PictureOptions,
    PictureProvider,
)
from rushes.providers.pictures._made import nearest_ratio, write_made
from rushes.redaction import safe_text

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")


class GeminiPictureOptions(PictureOptions, frozen=True):
    """How large the picture is."""

    size: Literal["1K", "2K", "4K"] = Field(
        default="2K", description="Size of the picture: 2K fills a film in 1080p, 4K one in 4K."
    )

    @property
    def priced_as(self) -> str:
        """By its size."""
        return self.size


class GeminiPictureSettings(GeminiSettings):
    """Its address."""

    model_config = SettingsConfigDict(
        env_prefix="RUSHES_GEMINI_PICTURE_", env_file=".env", extra="ignore", populate_by_name=True
    )

    base_url: str = gemini_address("RUSHES_GEMINI_PICTURE_")


class GeminiPicture(Connected, PictureProvider[GeminiPictureOptions, GeminiPictureSettings]):
    """See the module docstring."""

    id = "gemini_picture"
    title = "Gemini picture"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=8000, concurrency=4)
    Options = GeminiPictureOptions
    Settings = GeminiPictureSettings
    credential = CredentialKind.KEY
    environment = ENVIRONMENT
    generates = True
    most_answer_bytes = INLINE_BYTES

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """A key of the Gemini API is one; an identity on Google Cloud is not."""
        return unfit(secret, fields)

    async def test(self, credential: Credential) -> None:
        """List one model."""
        await list_models(api_of(self.client, self.settings, credential))

    async def generate(self, call: PictureCall[GeminiPictureOptions], folder: Path) -> Generated:
        """Ask for one picture in the nearest shape."""
        if not call.prompt.strip():
            raise Invalid("There must be a prompt.", [Fault("prompt", "Say what it shows.", "empty")])
        api = api_of(self.client, self.settings, call.credential)
        response = await api.create(f"/v1beta/models/{call.model}:generateContent", json=_body(call))
        cost = self._cost(call)
        try:
            file = await asyncio.to_thread(_picture_in, response, folder)
        except ProviderChanged as error:
            error.cost = cost  # it was made, and is billed
            raise
        return Generated((file,), cost=cost)

    def _cost(self, call: PictureCall[GeminiPictureOptions]) -> Decimal | None:
        model = next((each for each in self.models.models if each.id == call.model), None)
        return model.price(call.options.priced_as) if model else None


def _picture_in(response: httpx2.Response, folder: Path) -> PictureFile:
    """Write the picture that an answer holds. Raises `Rejected` for a refusal. Blocking."""
    answer = parse(response, GeminiAnswer, step="generate")
    if (refused := refusal(answer)) is not None:
        raise refused
    parts = [part for each in answer.candidates for part in each.content.parts if not part.thought]
    pictures = [part.inline_data for part in parts if part.inline_data is not None]
    if pictures:
        return write_made(folder, "picture", pictures[-1].data)  # drafts may come before it
    words = " ".join(part.text or "" for part in parts).strip()
    if words:
        raise Rejected(
            f"Gemini answered in words: {safe_text(words, 500)}", hint="Say what the picture shows."
        )
    raise ProviderChanged("the answer holds no picture", step="generate")


def _body(call: PictureCall[GeminiPictureOptions]) -> dict[str, Any]:
    image = {"aspectRatio": nearest_ratio(call.width, call.height, RATIOS), "imageSize": call.options.size}
    return {
        "contents": [{"role": "user", "parts": [{"text": call.prompt}]}],
        "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": image},
    }
