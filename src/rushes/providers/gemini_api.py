"""What providers on the Gemini API's `generateContent` share: address, key, errors, refusals."""

from collections.abc import Mapping
from typing import Any

import httpx2
from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from rushes.errors import Rejected, RushesError
from rushes.providers.base import Credential
from rushes.providers.google import is_identity
from rushes.providers.google_errors import BLOCKED, as_json, definite_error, read_error, rejected
from rushes.providers.http import Api, Client, Trouble, needed
from rushes.providers.links import LinkSettings

TITLE = "Gemini"
GEMINI = "https://generativelanguage.googleapis.com"
ENVIRONMENT = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


class GeminiSettings(LinkSettings):
    """Base of the settings of a provider on the Gemini API; each sets its `env_prefix` and `base_url`."""

    base_url: str = GEMINI


def gemini_address(prefix: str) -> Any:
    """Return the setting of the address: whoever has Omni at another one has all of Gemini there."""
    return Field(
        default=GEMINI,
        pattern="^https?://",
        validation_alias=AliasChoices(f"{prefix}BASE_URL", "RUSHES_OMNI_BASE_URL"),
        description="Address of the Gemini API; that of Omni, unless another is set.",
    )


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class GeminiBlob(_Wire):
    """Bytes inside an answer, as base64."""

    mime_type: str = ""
    data: str = ""


class GeminiPart(_Wire):
    """A piece of an answer. A thought is none of it."""

    text: str | None = None
    thought: bool = False
    inline_data: GeminiBlob | None = None


class GeminiContent(_Wire):
    """What a candidate holds."""

    parts: list[GeminiPart] = []


class GeminiCandidate(_Wire):
    """One answer of the model."""

    content: GeminiContent = GeminiContent()
    finish_reason: str = ""
    finish_message: str = ""


class GeminiFeedback(_Wire):
    """Why a prompt was not answered at all."""

    block_reason: str = ""
    block_reason_message: str = ""


class GeminiUsage(_Wire):
    """Tokens."""

    prompt_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0


class GeminiAnswer(_Wire):
    """An answer of `generateContent`, or a piece of a streamed one."""

    candidates: list[GeminiCandidate] = []
    prompt_feedback: GeminiFeedback | None = None
    usage_metadata: GeminiUsage | None = None


def unfit(secret: str, fields: Mapping[str, str]) -> str | None:
    """Return why a key of Google is none of the Gemini API, as far as its form tells."""
    if is_identity(secret):
        return f"{TITLE} takes keys of the Gemini API; this is an identity on Google Cloud."
    return f"{TITLE} is not at {fields['base_url']}." if fields.get("base_url") else None


def api_of(client: Client, settings: GeminiSettings, given: Credential | None) -> Api:
    """Return the service at its address. The key goes in a header, never into a URL."""
    key = needed(given).secret
    headers = {"x-goog-api-key": key}
    base = settings.base_url.rstrip("/")
    return Api(client, TITLE, base, headers, secret=key, read=_read, refine=_refine)


async def list_models(api: Api) -> None:
    """Try the key at no cost."""
    await api.look("GET", "/v1beta/models", step="test", params={"pageSize": "1"})


def refusal(answer: GeminiAnswer) -> Rejected | None:
    """Return the refusal that an answer holds in place of content, if it holds one."""
    feedback = answer.prompt_feedback
    if feedback is not None and feedback.block_reason:
        return rejected(feedback.block_reason_message or feedback.block_reason, TITLE)
    for candidate in answer.candidates:
        reason = candidate.finish_reason
        if reason in BLOCKED or reason.startswith("IMAGE_") or reason in {"LANGUAGE", "NO_IMAGE"}:
            return rejected(candidate.finish_message or reason, TITLE)
    return None


def _read(response: httpx2.Response) -> Trouble:
    return read_error(response.status_code, as_json(response.text), response.headers)


def _refine(trouble: Trouble) -> RushesError | None:
    return None if trouble.status >= 500 else definite_error(trouble, TITLE)
