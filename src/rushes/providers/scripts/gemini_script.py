"""Scripts by Gemini, in its own words: `generateContent`, streamed, with a JSON schema.

Wire: ai.google.dev/api/generate-content; as of November 2026. `temperature`, `top_p` and `top_k` are
deprecated since July 2026 and not sent.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx2
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ProviderChanged, Rejected
from rushes.providers.base import BaseLimits, Credential, CredentialKind
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
from rushes.providers.script_contract import ScriptCall, ScriptOptions, ScriptProvider, Written
from rushes.providers.scripts._asking import AnswerForm, ModelReply, ModelRequest, ask_for_script, check
from rushes.providers.scripts._events import Arriving, events
from rushes.providers.scripts._prompts import schema

CUT_SHORT = frozenset({"MAX_TOKENS", "MALFORMED_RESPONSE", "OTHER", ""})


class GeminiScriptOptions(ScriptOptions, frozen=True):
    """It has none."""


class GeminiScriptSettings(GeminiSettings):
    """Its address."""

    model_config = SettingsConfigDict(
        env_prefix="RUSHES_GEMINI_SCRIPT_", env_file=".env", extra="ignore", populate_by_name=True
    )

    base_url: str = gemini_address("RUSHES_GEMINI_SCRIPT_")


class GeminiScript(Connected, ScriptProvider[GeminiScriptOptions, GeminiScriptSettings]):
    """See the module docstring."""

    id = "gemini_script"
    title = "Gemini script"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=200_000, concurrency=4)
    Options = GeminiScriptOptions
    Settings = GeminiScriptSettings
    credential = CredentialKind.KEY
    environment = ENVIRONMENT

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """A key of the Gemini API is one; an identity on Google Cloud is not."""
        return unfit(secret, fields)

    async def test(self, credential: Credential) -> None:
        """List one model."""
        await list_models(api_of(self.client, self.settings, credential))

    async def write(self, call: ScriptCall[GeminiScriptOptions]) -> Written:
        """Write a script; see `_asking.py`."""
        check(call)
        api = api_of(self.client, self.settings, call.credential)

        async def ask(request: ModelRequest) -> ModelReply:
            verb = "streamGenerateContent?alt=sse" if request.stream else "generateContent"
            response = await api.create(
                f"/v1beta/models/{call.model}:{verb}",
                json=_body(request),
                extensions={"heard": Arriving(_text_in, request.heard)},
            )
            return _read(response)

        return await ask_for_script(call, ask, self.priced_by(call))


def _body(request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "systemInstruction": {"parts": [{"text": request.system}]},
        "contents": [{"role": each.role, "parts": [{"text": each.text}]} for each in request.messages],
    }
    if request.form is not AnswerForm.PLAIN:
        config: dict[str, Any] = {"responseMimeType": "application/json"}
        if request.form is AnswerForm.SCHEMA:
            config["responseJsonSchema"] = schema()
        body["generationConfig"] = config
    return body


def _read(response: httpx2.Response) -> ModelReply:
    if response.content.lstrip().startswith(b"{"):
        pieces = [parse(response, GeminiAnswer, step="write")]
    else:
        pieces = [piece for each in events(response.content) if (piece := _piece(each)) is not None]
    if not pieces:
        raise ProviderChanged("the answer holds no candidate", step="write")
    text, finish, usage = "", "", None
    refused: Rejected | None = None
    for piece in pieces:
        usage = piece.usage_metadata or usage
        refused = refused or refusal(piece)
        text += _text_of(piece)
        for candidate in piece.candidates[:1]:
            finish = candidate.finish_reason or finish
    if refused is not None:
        raise refused
    return ModelReply(
        text,
        cut_short=finish in CUT_SHORT,
        read_tokens=usage.prompt_token_count if usage else None,
        # Thoughts are billed as what is written.
        written_tokens=usage.candidates_token_count + usage.thoughts_token_count if usage else None,
    )


def _text_of(piece: GeminiAnswer) -> str:
    parts = [part for candidate in piece.candidates[:1] for part in candidate.content.parts]
    return "".join(part.text or "" for part in parts if not part.thought)


def _piece(event: object) -> GeminiAnswer | None:
    try:
        return GeminiAnswer.model_validate(event)
    except ValidationError:
        return None


def _text_in(event: object) -> str:
    piece = _piece(event)
    return "" if piece is None else _text_of(piece)
