"""Scripts by Gemini: every odd answer, and the stand-in as the real SDK sees it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from google import genai
from google.genai import types
from standins._book import Book
from standins._server import serve_app
from standins.gemini_text import KEY, MODEL, TOKENS, GeminiTextStandIn

from rushes.errors import ErrorType, Rejected, RetryLater
from rushes.providers.base import Credential
from rushes.providers.registry import AnyScript
from rushes.providers.scripts._prompts import schema
from rushes.providers.scripts.gemini_script import GeminiScript, GeminiScriptSettings
from tests.providers.scripts.models import ModelKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GeminiTextStandIn, str]]:
    standin = GeminiTextStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


class TestGeminiScript(ModelKit):
    provider_id = "gemini_script"

    @pytest.fixture
    def standin(self, served: tuple[GeminiTextStandIn, str]) -> Iterator[GeminiTextStandIn]:
        standin = served[0]
        yield standin
        standin.schemas = standin.objects = standin.streams = True

    @pytest.fixture
    async def provider(
        self, served: tuple[GeminiTextStandIn, str], standin: GeminiTextStandIn
    ) -> AsyncIterator[AnyScript]:
        provider = GeminiScript(GeminiScriptSettings(base_url=served[1]))
        yield provider
        await provider.close()

    @pytest.fixture
    def credential(self) -> Credential:
        return Credential(UUID(int=1), "mine", KEY)

    def turns(self, book: Book) -> list[str]:
        contents = book.asked[-1].body["contents"]
        return [each["parts"][0]["text"] for each in contents if each["role"] == "user"]

    def system(self, book: Book) -> str:
        return book.asked[-1].body["systemInstruction"]["parts"][0]["text"]

    def form(self, body: dict[str, Any]) -> str:
        config = body.get("generationConfig", {})
        return "schema" if "responseJsonSchema" in config else "object" if config else "plain"

    @pytest.mark.parametrize("tag", ["blocked", "safety"])
    async def test_its_own_ways_to_refuse(self, provider: AnyScript, credential: Credential, tag: str):
        with pytest.raises(Rejected) as caught:
            await self.written(provider, credential, tag)
        assert caught.value.error_type is ErrorType.POLICY_VIOLATION

    async def test_a_thought_is_no_part_of_the_answer(self, provider: AnyScript, credential: Credential):
        assert (await self.written(provider, credential, "thought")).repairs == 0

    async def test_thoughts_are_paid_as_what_is_written(self, provider: AnyScript, credential: Credential):
        cost = TOKENS[0] * Decimal("0.75") + (TOKENS[1] + TOKENS[2]) * Decimal("3.75")
        assert (await self.written(provider, credential, "a")).cost == cost / 1_000_000

    async def test_a_daily_limit_ends_at_midnight(self, provider: AnyScript, credential: Credential):
        with pytest.raises(RetryLater) as caught:
            await self.written(provider, credential, "daily")
        assert caught.value.error_type is ErrorType.QUOTA
        assert caught.value.after is not None and caught.value.after > 0

    async def test_a_model_that_is_gone_is_told(self, provider: AnyScript, credential: Credential):
        with pytest.raises(Rejected) as caught:
            await provider.write(replace(self.call(provider, credential), model="gemini-1.0"))
        assert caught.value.error_type is ErrorType.BAD_INPUT

    async def test_the_key_is_in_a_header_and_never_in_the_address(
        self, provider: AnyScript, credential: Credential, standin: GeminiTextStandIn
    ):
        await self.written(provider, credential, "fence")
        asked = standin.book.asked[-1]
        assert asked.headers["x-goog-api-key"] == KEY and KEY not in asked.path

    def test_keys_of_other_places_are_none_for_it(self):
        provider = GeminiScript(GeminiScriptSettings())
        assert provider.unfit("AIzaSy", {}) is None
        assert provider.unfit("adc", {}) and provider.unfit('{"type": "x"}', {})
        assert provider.unfit("AIzaSy", {"base_url": "https://x.example"})

    async def test_the_request_is_the_one_the_google_sdk_sends(
        self, provider: AnyScript, credential: Credential, standin: GeminiTextStandIn, served: tuple[Any, str]
    ):
        """And the SDK gets its answer from the stand-in, streamed and whole."""
        await provider.write(self.call(provider, credential))
        ours = standin.book.asked[-1].body
        options = types.HttpOptions(base_url=served[1], api_version="v1beta")
        sdk = genai.Client(api_key=KEY, http_options=options)
        config = types.GenerateContentConfig(
            system_instruction=self.system(standin.book),
            response_mime_type="application/json",
            response_json_schema=schema(),
        )
        prompt = self.turns(standin.book)[0]
        stream = await sdk.aio.models.generate_content_stream(model=MODEL, contents=prompt, config=config)
        chunks = [chunk async for chunk in stream]
        theirs = standin.book.asked[-1].body
        theirs["systemInstruction"].pop("role", None)
        assert theirs == ours
        text = "".join(chunk.text or "" for chunk in chunks)
        assert text.startswith("{") and text.endswith("}")
        usage = chunks[-1].usage_metadata
        assert usage is not None and usage.prompt_token_count == TOKENS[0]
        whole = await sdk.aio.models.generate_content(model=MODEL, contents=prompt, config=config)
        assert whole.text == text
