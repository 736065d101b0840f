"""What all providers on OpenAI's API share: the address, the key's fields, and what its error answers mean.

Many servers speak it (Ollama, LM Studio, vLLM, OpenRouter): the address is a field of the key. The envelopes
of imitations are read as well (`{"detail": …}`, `{"error": "…"}`).
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import httpx2
from pydantic import BaseModel, Field, ValidationError

from rushes.errors import ActionNeeded, ErrorType, Rejected, RushesError
from rushes.providers.base import Credential, CredentialFields
from rushes.providers.http import Api, Client, Trouble, base_url, needed
from rushes.providers.reading import read_json, retry_after

OPENAI = "https://api.openai.com/v1"
REFUSALS = frozenset(
    {"moderation_blocked", "content_policy_violation", "content_filter", "image_generation_user_error"}
)
NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "budget_exceeded"})
BAD_KEY = frozenset({"invalid_api_key", "account_deactivated", "unsupported_country_region_territory"})


class OpenAiFields(CredentialFields, frozen=True):
    """Where the server is."""

    base_url: str = Field(
        default=OPENAI,
        description="Address of the server's API, such as http://localhost:11434/v1 of Ollama.",
    )


class _Error(BaseModel):
    code: str | int | None = None
    message: str | None = None
    type: str | None = None


def api_of(client: Client, given: Credential | None) -> Api:
    """Return the service at the address that goes with the key."""
    credential = needed(given)
    address = base_url(credential.fields.get("base_url") or OPENAI)
    title = "OpenAI" if address == OPENAI else "The server"
    headers = {"authorization": f"Bearer {credential.secret}"} if credential.secret else {}
    return Api(client, title, address, headers, secret=credential.secret, read=read, refine=refine)


async def list_models(api: Api) -> None:
    """Try the key at no cost. A server without a list of models is believed."""
    await api.look("GET", "/models", step="test", expect=lambda trouble: trouble.status in {404, 405, 501})


def read(response: httpx2.Response) -> Trouble:
    """Return what an error answer says."""
    try:
        body = read_json(response.content)
        told = body.get("error") or body.get("detail") or body
        error = _Error.model_validate(told if isinstance(told, dict) else {"message": str(told)})
    except (ValueError, AttributeError, ValidationError):
        error = _Error()
    words = f"{error.code or ''} {error.type or ''}".strip()
    return Trouble(
        response.status_code, error.message or response.reason_phrase, words, retry_after(response)
    )


def refine(trouble: Trouble) -> RushesError | None:
    """Return the error where the service has a word of its own for it."""
    words = set(trouble.reason.split())
    if trouble.status < 500 and words & REFUSALS:
        return refused(trouble.message)
    if trouble.status in {400, 402, 403, 429} and words & NO_MONEY:
        return ActionNeeded(
            f"The server: {trouble.message}", error_type=ErrorType.CREDITS, hint="Top up there, then retry."
        )
    if trouble.status == 400 and words & BAD_KEY:
        return ActionNeeded(f"The server: {trouble.message}", hint="Look at the key and what it may do.")
    return None


def refused(message: str) -> Rejected:
    """Return the error for what a service will not make."""
    return Rejected(f"The server refused this: {message}", hint="Say it in other words.")


def field_price(fields: Mapping[str, str], name: str) -> Decimal | None:
    """Return a price that the owner of a key gave with it; None without one, or for no number."""
    try:
        price = Decimal(fields.get(name, "").strip() or "NaN")
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None
