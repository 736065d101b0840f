"""Scripts by a model behind OpenAI's chat API: OpenAI, Ollama, LM Studio, vLLM, OpenRouter, by their address.

Wire: `POST /chat/completions` as OpenAI's Python SDK 3.5x sends it. No temperature is sent: reasoning models
refuse one. What servers differ in (forms of an answer, streaming) is found by what they refuse: `_asking.py`.
"""

from decimal import Decimal
from typing import Any, ClassVar

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ErrorType, Fault, Invalid, ProviderChanged, RetryLater
from rushes.providers.base import BaseLimits, Credential, CredentialKind
from rushes.providers.catalogue import ScriptModel
from rushes.providers.http import Api, Connected, parse
from rushes.providers.links import LinkSettings
from rushes.providers.openai_api import OpenAiFields, api_of, field_price, list_models
from rushes.providers.script_contract import ScriptCall, ScriptOptions, ScriptProvider, Written
from rushes.providers.scripts._asking import AnswerForm, ModelReply, ModelRequest, ask_for_script, check
from rushes.providers.scripts._events import Arriving, events
from rushes.providers.scripts._prompts import schema
from rushes.redaction import safe_text

NAMED = "named"
"""The catalogue's model that stands for whatever `model_name` says."""
MOST_COST = 1000
"""US dollars that a server may say an answer has cost."""


class OpenAiScriptOptions(ScriptOptions, frozen=True):
    """Which model writes."""

    model_name: str = Field(
        default="",
        max_length=200,
        pattern=r"^[\w./:@+-]*$",
        description="Name of the model on a server of your own, such as llama3.3; empty: the first it lists.",
    )


class OpenAiScriptSettings(LinkSettings):
    """Address and key belong to the key."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OPENAI_SCRIPT_", env_file=".env", extra="ignore")


_PRICE = r"^(\d{1,4}(\.\d{1,12})?)?$"


class OpenAiScriptFields(OpenAiFields, frozen=True):
    """Where the server is, and what it charges for models that the catalogue does not have."""

    price_per_million_input: str = Field(
        default="", pattern=_PRICE, description="US dollars for a million tokens read; empty: 0."
    )
    price_per_million_output: str = Field(
        default="", pattern=_PRICE, description="US dollars for a million tokens written; empty: 0."
    )


class _Text(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Text | None = None
    delta: _Text | None = None
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(default=0, ge=0, le=10**9)
    completion_tokens: int = Field(default=0, ge=0, le=10**9)
    cost: float | None = Field(default=None, ge=0, le=MOST_COST)
    """OpenRouter says what it charged."""


class _Failure(BaseModel):
    message: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Failure | str | None = None


class _Model(BaseModel):
    id: str = Field(min_length=1, max_length=200)


class _Models(BaseModel):
    data: list[_Model] = []


class OpenAiScript(Connected, ScriptProvider[OpenAiScriptOptions, OpenAiScriptSettings]):
    """See the module docstring."""

    id = "openai_script"
    title = "OpenAI script"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=200_000, concurrency=4)
    Options = OpenAiScriptOptions
    Settings = OpenAiScriptSettings
    Fields = OpenAiScriptFields
    credential = CredentialKind.KEY
    environment = ("OPENAI_API_KEY",)

    async def test(self, credential: Credential) -> None:
        """Ask for the list of models."""
        await list_models(api_of(self.client, credential))

    async def write(self, call: ScriptCall[OpenAiScriptOptions]) -> Written:
        """Write a script; see `_asking.py`."""
        check(call)
        if call.model != NAMED and call.options.model_name:
            raise Invalid(
                "Two models are named.",
                [Fault("model_name", f"The model is {call.model!r} already.", "not_supported")],
            )
        api = api_of(self.client, call.credential)
        model = await self._model_name(api, call)

        async def ask(request: ModelRequest) -> ModelReply:
            heard = Arriving(_text_in, request.heard)
            response = await api.create(
                "/chat/completions",
                json=_body(model, request),
                headers={"idempotency-key": call.key},
                extensions={"heard": heard},
            )
            return _read(response)

        return await ask_for_script(call, ask, self.priced_by(call))

    async def _model_name(self, api: Api, call: ScriptCall[OpenAiScriptOptions]) -> str:
        if call.model != NAMED:
            return call.model
        if call.options.model_name:
            return call.options.model_name
        models = parse(await api.look("GET", "/models", step="models"), _Models, step="models").data
        if not models:
            raise Invalid("The server lists no models.", [Fault("model_name", "Name one.", "missing")])
        return models[0].id

    def priced_by(self, call: ScriptCall[OpenAiScriptOptions]) -> ScriptModel:
        """By the catalogue; for a model that is named, by the prices that go with the key."""
        model = super().priced_by(call)
        if model.id != NAMED or call.credential is None:
            return model
        prices = {name: field_price(call.credential.fields, name) or Decimal(0) for name in _PRICES}
        return model.model_copy(update=prices)


_PRICES = ("price_per_million_input", "price_per_million_output")


def _body(model: str, request: ModelRequest) -> dict[str, Any]:
    roles = {"user": "user", "model": "assistant"}
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": request.system},
            *({"role": roles[each.role], "content": each.text} for each in request.messages),
        ],
    }
    if request.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    if request.form is AnswerForm.SCHEMA:
        named = {"name": "script", "strict": True, "schema": schema()}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    elif request.form is AnswerForm.OBJECT:
        body["response_format"] = {"type": "json_object"}
    return body


def _read(response: httpx2.Response) -> ModelReply:
    """The whole answer, streamed or not: there are servers that never stream, and ones that always do."""
    if b"data:" in response.content[:2000] and not response.content.lstrip().startswith(b"{"):
        pieces = [piece for each in events(response.content) if (piece := _piece(each)) is not None]
    else:
        pieces = [parse(response, _Completion, step="write")]
    if not pieces:
        raise ProviderChanged("the answer holds no completion", step="write")
    texts, refusals, finish, usage = list[str](), list[str](), None, None
    broken = ""
    for piece in pieces:
        usage = piece.usage or usage
        if piece.error is not None:
            broken = piece.error if isinstance(piece.error, str) else piece.error.message or "no reason given"
        for choice in piece.choices[:1]:
            finish = choice.finish_reason or finish
            for part in (choice.message, choice.delta):
                texts.append((part and part.content) or "")
                refusals.append((part and part.refusal) or "")
    text, refusal = "".join(texts), "".join(refusals)
    if broken and not text:
        raise RetryLater(f"The server: {safe_text(broken, 500)}", error_type=ErrorType.OUTAGE)
    if finish == "content_filter":
        refusal = refusal or "its filter stopped the answer"
    return ModelReply(
        text,
        cut_short=finish == "length" or bool(broken) or finish is None,
        refusal=safe_text(refusal, 500),
        read_tokens=usage.prompt_tokens if usage else None,
        written_tokens=usage.completion_tokens if usage else None,
        cost=None if usage is None or usage.cost is None else Decimal(str(usage.cost)),
    )


def _piece(event: object) -> _Completion | None:
    try:
        return _Completion.model_validate(event)
    except ValidationError:
        return None


def _text_in(event: object) -> str:
    piece = _piece(event)
    if piece is None or not piece.choices or piece.choices[0].delta is None:
        return ""
    return piece.choices[0].delta.content or ""
