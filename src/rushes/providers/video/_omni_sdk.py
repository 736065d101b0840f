"""The google-genai SDK as Omni needs it. Loaded at the first call: importing it takes half a second.

The SDK sends one request for each call: it repeats nothing, since a create that was answered 500 may be
paid for, and follows no redirect, since it would show the key to another host. Answers are not its own
models, which change with its version, but the text that came.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import httpx2
from google import genai
from google.genai import types
from google.genai._gaos.lib.compat_errors import APIConnectionError, APIStatusError

from rushes.providers.google_errors import as_json, read_error
from rushes.providers.http import Trouble

VERSION = "v1"
TIMEOUT_MS = 120_000
NO_KEY = "each call brings its own"


@dataclass(frozen=True)
class OmniAnswer:
    """What came back: the body of a success, or what went wrong."""

    text: str
    trouble: Trouble | None = None


class _RawResponse(Protocol):
    """What the SDK gives without parsing it."""

    status_code: int

    async def text(self) -> str:
        """Return the body of the response."""
        ...


class Sdk:
    """Interactions of one service. Every call raises `httpx2.TransportError` when no answer came."""

    def __init__(self, base_url: str, http: httpx2.AsyncClient) -> None:
        options = types.HttpOptions(
            base_url=base_url,
            api_version=VERSION,
            timeout=TIMEOUT_MS,
            httpx_async_client=http,
            retry_options=types.HttpRetryOptions(attempts=1),
        )
        client = genai.Client(api_key=NO_KEY, vertexai=False, http_options=options)
        # Its stubs know only the models that it parses.
        self._interactions = cast(Any, client.aio.interactions).with_raw_response

    async def create(self, key: str, body: dict[str, Any]) -> OmniAnswer:
        """The one call that may cost money."""
        return await _answer(key, self._interactions.create(**body, extra_headers=_header(key)))

    async def get(self, key: str, interaction_id: str) -> OmniAnswer:
        """Read the state of an interaction."""
        return await _answer(key, self._interactions.get(interaction_id, extra_headers=_header(key)))

    async def cancel(self, key: str, interaction_id: str) -> OmniAnswer:
        """Cancel an interaction."""
        return await _answer(key, self._interactions.cancel(interaction_id, extra_headers=_header(key)))


def _header(key: str) -> dict[str, str]:
    return {"x-goog-api-key": key}


async def _answer(key: str, call: Awaitable[_RawResponse]) -> OmniAnswer:
    try:
        response = await call
    except APIStatusError as error:
        status, headers = error.response.status_code, dict(error.response.headers)
        return OmniAnswer("", read_error(status, as_json(error.response.text), headers, secret=key))
    except APIConnectionError as error:
        cause = error.__cause__
        raise (cause if isinstance(cause, httpx2.TransportError) else httpx2.ReadError(str(error))) from None
    except (RecursionError, ValueError) as error:  # of an error answer, which it parses
        raise httpx2.ReadError(f"an answer that cannot be read ({type(error).__name__})") from None
    text = await response.text()
    if not httpx2.codes.is_success(response.status_code):
        return OmniAnswer("", read_error(response.status_code, as_json(text), secret=key))
    return OmniAnswer(text)
