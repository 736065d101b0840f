"""Reads what FLOW_STORAGE_STATE_URL names from the web; loaded only then, since it brings an HTTP client."""

from collections.abc import AsyncGenerator

import httpx2

from rushes.errors import ErrorType, NotFound, RetryLater

FETCH_SECONDS = 30.0


async def read_address(url: str) -> AsyncGenerator[bytes]:
    """The bytes at an address. Raises `NotFound`, `RetryLater`."""
    try:
        async with (
            httpx2.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=True) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.is_error:
                raise NotFound(f"The server answered {answer.status_code}.")
            async for piece in answer.aiter_bytes():
                yield piece
    except httpx2.HTTPError as error:
        # The address, which may be signed, is in the error's own words.
        raise RetryLater(
            f"The server does not answer ({type(error).__name__}).", error_type=ErrorType.NETWORK
        ) from None
