"""Scripts behind OpenAI's chat API: every odd answer, and the stand-in as the real SDK sees it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import openai
import pytest
from standins._book import Book
from standins._server import serve_app
from standins.openai_chat import KEY, TOKENS, OpenAiChatStandIn

from rushes.errors import ActionNeeded, ErrorType, Invalid, Rejected, RetryLater
from rushes.providers.base import Credential
from rushes.providers.registry import AnyScript
from rushes.providers.scripts._prompts import schema
from rushes.providers.scripts.openai_script import OpenAiScript, OpenAiScriptOptions, OpenAiScriptSettings
from tests.providers.scripts.kit import TEXT
from tests.providers.scripts.models import ModelKit


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[OpenAiChatStandIn, str]]:
    standin = OpenAiChatStandIn()
    with serve_app(standin.app) as url:
        yield standin, f"{url}/v1"


class TestOpenAiScript(ModelKit):
    provider_id = "openai_script"

    @pytest.fixture
    def standin(self, served: tuple[OpenAiChatStandIn, str]) -> Iterator[OpenAiChatStandIn]:
        standin = served[0]
        yield standin
        standin.schemas = standin.objects = standin.streams = standin.enforces = True
        standin.always_streams = False
        standin.models = ("llama3.3", "gpt-6-luna", "gpt-6-sol")

    @pytest.fixture
    def credential(self, served: tuple[OpenAiChatStandIn, str], standin: OpenAiChatStandIn) -> Credential:
        return Credential(UUID(int=1), "mine", KEY, {"base_url": f"{served[1]}/"})

    def turns(self, book: Book) -> list[str]:
        return [each["content"] for each in book.asked[-1].body["messages"] if each["role"] == "user"]

    def system(self, book: Book) -> str:
        return book.asked[-1].body["messages"][0]["content"]

    def form(self, body: dict[str, Any]) -> str:
        kinds = {"json_schema": "schema", "json_object": "object", "": "plain"}
        return kinds[body.get("response_format", {}).get("type", "")]

    async def test_a_schema_that_is_taken_and_ignored_is_repaired(
        self, provider: AnyScript, credential: Credential, standin: OpenAiChatStandIn
    ):
        """As Ollama's cloud does."""
        standin.enforces = False
        written = await self.written(provider, credential, "ignored")
        assert (written.repairs, len(written.draft.sections)) == (1, 3)

    async def test_a_server_that_always_streams_is_understood(
        self, provider: AnyScript, credential: Credential, standin: OpenAiChatStandIn
    ):
        standin.streams, standin.always_streams = False, True
        assert len((await self.written(provider, credential, "always")).draft.sections) == 3

    async def test_the_cost_is_that_of_the_tokens_or_what_the_server_says(
        self, provider: AnyScript, credential: Credential
    ):
        written = await self.written(provider, credential, "a")
        assert written.cost == (TOKENS[0] * Decimal("0.10") + TOKENS[1] * Decimal("0.50")) / 1_000_000
        assert (await self.written(provider, credential, "cost")).cost == Decimal("0.0125")

    async def test_a_model_of_ones_own_costs_what_the_key_says(
        self, provider: AnyScript, credential: Credential, standin: OpenAiChatStandIn
    ):
        """Without a name it is the first that the server lists."""
        fields = {**credential.fields, "price_per_million_input": "2", "price_per_million_output": "8"}
        dear = Credential(credential.id, "dear", KEY, fields)
        call = replace(self.call(provider, dear), model="named")
        written = await provider.write(call)
        assert written.cost == Decimal(TOKENS[0] * 2 + TOKENS[1] * 8) / 1_000_000
        assert provider.estimate(call) > 0
        assert standin.book.asked[-1].body["model"] == "llama3.3"
        free = replace(call, credential=credential, options=OpenAiScriptOptions(model_name="gpt-6-sol"))
        assert (await provider.write(free)).cost == 0
        assert standin.book.asked[-1].body["model"] == "gpt-6-sol"
        with pytest.raises(Invalid):
            await provider.write(replace(free, model="gpt-6-luna"))
        standin.models = ()
        with pytest.raises(Invalid, match="lists no models"):
            await provider.write(call)

    @pytest.mark.parametrize("tag", ["filter", "refusal"])
    async def test_its_own_ways_to_refuse(self, provider: AnyScript, credential: Credential, tag: str):
        with pytest.raises(Rejected):
            await self.written(provider, credential, tag)

    async def test_an_error_inside_a_stream_is_no_answer(self, provider: AnyScript, credential: Credential):
        """Nothing had come, so nothing is paid."""
        with pytest.raises(RetryLater) as caught:
            await self.written(provider, credential, "midway")
        assert caught.value.error_type is ErrorType.OUTAGE

    async def test_no_money_and_no_room(self, provider: AnyScript, credential: Credential):
        with pytest.raises(ActionNeeded) as caught:
            await self.written(provider, credential, "quota")
        assert caught.value.error_type is ErrorType.CREDITS
        with pytest.raises(Rejected) as rejected:
            await self.written(provider, credential, "toolong")
        assert rejected.value.error_type is ErrorType.BAD_INPUT

    async def test_a_limit_between_answer_and_repair_is_waited_for(
        self, provider: AnyScript, credential: Credential
    ):
        """What is paid already is not thrown away for it."""
        written = await self.written(provider, credential, "truncated:1] [later:2")
        assert written.repairs == 1

    async def test_the_request_has_no_temperature_and_the_key_of_the_ledger(
        self, provider: AnyScript, credential: Credential, standin: OpenAiChatStandIn
    ):
        await self.written(provider, credential, "fence")
        asked = standin.book.asked[-1]
        assert set(asked.body) == {"model", "messages", "stream", "stream_options", "response_format"}
        assert asked.headers["idempotency-key"] == "call-key-0001"

    async def test_the_request_is_the_one_the_openai_sdk_sends(
        self, provider: AnyScript, credential: Credential, standin: OpenAiChatStandIn
    ):
        """And the SDK gets its answer from the stand-in, streamed and whole."""
        await provider.write(self.call(provider, credential, TEXT))
        ours = standin.book.asked[-1].body
        named: Any = {"name": "script", "strict": True, "schema": schema()}
        url = credential.fields["base_url"]
        async with openai.AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0) as sdk:
            stream = await sdk.chat.completions.create(
                model="gpt-6-luna",
                messages=ours["messages"],
                stream=True,
                stream_options={"include_usage": True},
                response_format={"type": "json_schema", "json_schema": named},
            )
            chunks = [chunk async for chunk in stream]
            assert standin.book.asked[-1].body == ours
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            assert text.startswith("{") and text.endswith("}")
            assert chunks[-1].usage is not None and chunks[-1].usage.prompt_tokens == TOKENS[0]
            whole = await sdk.chat.completions.create(model="gpt-6-luna", messages=ours["messages"])
            assert whole.choices[0].message.content == text
            assert [each.id async for each in sdk.models.list()] == list(standin.models)
            busy: Any = [{"role": "system", "content": "x"}, {"role": "user", "content": "[busy]"}]
            with pytest.raises(openai.RateLimitError):
                await sdk.chat.completions.create(model="gpt-6-luna", messages=busy)


async def test_an_address_that_is_none_is_told():
    provider = OpenAiScript(OpenAiScriptSettings())
    wrong = Credential(UUID(int=1), "mine", KEY, {"base_url": "ftp://x"})
    with pytest.raises(ActionNeeded):
        await provider.test(wrong)
    await provider.close()
