"""Pictures by Gemini: refusals, odd bytes, and the stand-in as the real SDK sees it."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from google import genai
from google.genai import types
from PIL import Image
from standins._images import colour_of
from standins._server import serve_app
from standins.gemini_images import KEY, GeminiImagesStandIn

from rushes.errors import ActionNeeded, ErrorType, ProviderChanged, Rejected, RetryLater
from rushes.providers.base import Credential
from rushes.providers.pictures.gemini_picture import GeminiPicture, GeminiPictureSettings
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.kit import DrawKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GeminiImagesStandIn, str]]:
    standin = GeminiImagesStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


class TestGeminiPicture(DrawKit):
    provider_id = "gemini_picture"

    @pytest.fixture
    async def provider(self, served: tuple[GeminiImagesStandIn, str]) -> AsyncIterator[AnyPicture]:
        provider = GeminiPicture(GeminiPictureSettings(base_url=served[1]))
        yield provider
        await provider.close()

    @pytest.fixture
    def credential(self) -> Credential:
        return Credential(UUID(int=1), "mine", KEY)

    @pytest.mark.parametrize(
        ("tag", "error"),
        [
            ("blocked", Rejected),
            ("safety", Rejected),
            ("noimage", Rejected),
            ("words", Rejected),
            ("broken", ProviderChanged),
            ("page", ProviderChanged),
            ("429:1", RetryLater),
            ("busy:1", RetryLater),
            ("500", ConnectionError),
            ("reset", ConnectionError),
        ],
    )
    async def test_odd_answers(
        self,
        provider: AnyPicture,
        credential: Credential,
        tmp_path: Path,
        tag: str,
        error: type[Exception],
    ):
        """None leaves a file."""
        with pytest.raises(error) as caught:
            await provider.generate(self.call(provider, credential, f"A field [{tag}]"), tmp_path)
        assert not list(tmp_path.iterdir())
        assert KEY not in str(caught.value)
        if isinstance(caught.value, ProviderChanged):
            assert caught.value.cost == Decimal("0.101"), "it was paid all the same"
        if isinstance(caught.value, RetryLater):
            assert caught.value.error_type is ErrorType.RATE_LIMITED
            assert caught.value.after == (7.0 if tag.startswith("429") else None)

    async def test_drafts_before_the_picture_are_not_it(
        self, provider: AnyPicture, credential: Credential, tmp_path: Path
    ):
        prompt = "A field [draft]"
        [file] = (await provider.generate(self.call(provider, credential, prompt), tmp_path)).files
        with Image.open(file.path) as picture:
            assert picture.convert("RGB").getpixel((1, 1)) == colour_of(prompt)

    async def test_size_and_shape_are_asked_for(
        self, provider: AnyPicture, credential: Credential, served: tuple[Any, str], tmp_path: Path
    ):
        await provider.generate(self.call(provider, credential, size="4K"), tmp_path)
        asked = served[0].book.asked[-1].body["generationConfig"]
        assert asked["imageConfig"] == {"aspectRatio": "9:16", "imageSize": "4K"}

    async def test_a_key_is_tried(self, provider: AnyPicture, credential: Credential):
        await provider.test(credential)
        with pytest.raises(ActionNeeded):
            await provider.test(Credential(UUID(int=2), "wrong", "AIzaSy-wrong-key-000000"))
        assert provider.unfit("adc", {}) and provider.unfit(KEY, {}) is None

    async def test_the_request_is_the_one_the_google_sdk_sends(
        self, provider: AnyPicture, credential: Credential, served: tuple[Any, str], tmp_path: Path
    ):
        """And the SDK gets its picture from the stand-in."""
        call = self.call(provider, credential)
        [file] = (await provider.generate(call, tmp_path)).files
        ours = served[0].book.asked[-1].body
        options = types.HttpOptions(base_url=served[1], api_version="v1beta")
        sdk = genai.Client(api_key=KEY, http_options=options)
        config = types.GenerateContentConfig(
            response_modalities=["IMAGE"],
            image_config=types.ImageConfig(aspect_ratio="9:16", image_size="2K"),
        )
        answer = await sdk.aio.models.generate_content(model=call.model, contents=call.prompt, config=config)
        assert served[0].book.asked[-1].body == ours
        [part] = answer.parts or []
        assert part.inline_data is not None and part.inline_data.data == file.path.read_bytes()
