"""Pictures behind OpenAI's images API: sizes, links instead of pictures, the stand-in as the SDK sees it."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins._server import serve_app
from standins.openai_images import KEY, OpenAiImagesStandIn

from rushes.errors import ActionNeeded, ErrorType, Invalid, ProviderChanged, Rejected, RetryLater
from rushes.providers.base import Credential
from rushes.providers.pictures.openai_picture import OpenAiPictureOptions, fitting_size
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.kit import DrawKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[OpenAiImagesStandIn, str]]:
    standin = OpenAiImagesStandIn()
    with serve_app(standin.app) as url:
        yield standin, f"{url}/v1"


class TestOpenAiPicture(DrawKit):
    provider_id = "openai_picture"

    @pytest.fixture
    def credential(self, served: tuple[OpenAiImagesStandIn, str]) -> Credential:
        return Credential(UUID(int=1), "mine", KEY, {"base_url": served[1]})

    @pytest.mark.parametrize(
        ("tag", "error"),
        [
            ("moderated", Rejected),
            ("quota", ActionNeeded),
            ("429:1", RetryLater),
            ("busy:1", RetryLater),
            ("broken", ProviderChanged),
            ("words", ProviderChanged),
            ("empty", ProviderChanged),
            ("page", ProviderChanged),
            ("gone", ProviderChanged),
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
        """None leaves a file. What was paid for is never said to be unpaid."""
        with pytest.raises(error) as caught:
            await provider.generate(self.call(provider, credential, f"A field [{tag}]"), tmp_path)
        assert not list(tmp_path.iterdir())
        assert KEY not in str(caught.value)
        if isinstance(caught.value, ProviderChanged):
            assert caught.value.cost == Decimal("0.07"), "it was paid all the same"
        if isinstance(caught.value, RetryLater):
            assert caught.value.error_type is ErrorType.RATE_LIMITED
            assert caught.value.after == (3.0 if tag.startswith("429") else None)

    @pytest.mark.parametrize(("tag", "media_type"), [("webp", "image/webp"), ("link", "image/jpeg")])
    async def test_other_forms_of_a_picture(
        self, provider: AnyPicture, credential: Credential, tmp_path: Path, tag: str, media_type: str
    ):
        """The type is that of the bytes; a link is followed at once."""
        [file] = (await provider.generate(self.call(provider, credential, f"A [{tag}]"), tmp_path)).files
        assert (
            file.media_type == media_type and file.path.suffix == f".{media_type[6:].replace('jpeg', 'jpg')}"
        )

    async def test_a_model_of_ones_own_is_named(
        self, provider: AnyPicture, credential: Credential, served: tuple[Any, str], tmp_path: Path
    ):
        call = replace(self.call(provider, credential), model="named")
        with pytest.raises(Invalid):
            await provider.generate(call, tmp_path)
        named = replace(call, options=OpenAiPictureOptions(model_name="flux-dev"))
        assert (await provider.generate(named, tmp_path)).cost == 0
        assert served[0].book.asked[-1].body["model"] == "flux-dev"
        with pytest.raises(Invalid):
            await provider.generate(replace(named, model="gpt-image-2.6-flare"), tmp_path)

    async def test_a_key_is_tried(self, provider: AnyPicture, credential: Credential):
        await provider.test(credential)
        with pytest.raises(ActionNeeded):
            await provider.test(replace(credential, secret="sk-wrong-key-0001"))

    async def test_the_request_is_the_one_the_openai_sdk_sends(
        self, provider: AnyPicture, credential: Credential, served: tuple[Any, str], tmp_path: Path
    ):
        """And the SDK gets its picture from the stand-in."""
        call = self.call(provider, credential, quality="high")
        [file] = (await provider.generate(call, tmp_path)).files
        ours = served[0].book.asked[-1]
        assert ours.headers["idempotency-key"] == call.key
        async with openai.AsyncOpenAI(api_key=KEY, base_url=served[1], max_retries=0) as sdk:
            answer = await sdk.images.generate(
                model=call.model,
                prompt=call.prompt,
                n=1,
                size="944x1680",
                quality="high",
                output_format="png",
            )
        assert served[0].book.asked[-1].body == ours.body
        assert answer.data and base64.b64decode(answer.data[0].b64_json or "") == file.path.read_bytes()


@given(width=st.integers(64, 7680), height=st.integers(64, 7680))
def test_a_size_is_of_multiples_of_16_and_about_as_large_as_priced(width: int, height: int):
    across, down = fitting_size(width, height)
    assert across % 16 == down % 16 == 0
    assert across * down == pytest.approx(1536 * 1024, rel=0.05)
    ratio = min(3.0, max(1 / 3, width / height))
    assert across / down == pytest.approx(ratio, rel=0.03)
