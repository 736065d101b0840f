"""The API of a Rushes server, as the tools use it. Problems come out as messages that say who acts next."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import TypeAdapter, ValidationError

from rushes.mcp.replies import ProblemReply

Shape = TypeVar("Shape")
SECONDS = 120.0
"""For one request: a batch's images are fetched within it."""
MOST_BYTES = 16 * 1024 * 1024
MOST_FAULTS = 10
_ERROR = 400


class ApiRefused(ToolError):
    """The API refused a request. `status` is that of HTTP."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class RushesApi:
    """Calls the API as one caller. `page` is the address at which people find the web page."""

    http: httpx2.AsyncClient
    page: str

    async def get(self, path: str, shape: type[Shape], **query: str | int | None) -> Shape:
        """Return the answer to a GET, parsed. Raises `ApiRefused`, `ToolError`."""
        given = {name: value for name, value in query.items() if value is not None}
        return _parsed(await self._send("GET", path, params=given), shape)

    async def post(
        self, path: str, shape: type[Shape], body: object = None, *, request_id: str | None = None
    ) -> Shape:
        """Return the answer to a POST of JSON, parsed. Raises `ApiRefused`, `ToolError`."""
        headers = {} if request_id is None else {"Idempotency-Key": request_id}
        return _parsed(await self._send("POST", path, json=body, headers=headers), shape)

    async def put(self, path: str, body: object) -> None:
        """PUT JSON. Raises `ApiRefused`, `ToolError`."""
        await self._send("PUT", path, json=body)

    async def post_form(self, path: str, fields: Mapping[str, str]) -> None:
        """POST a multipart form of texts. Raises `ApiRefused`, `ToolError`."""
        await self._send("POST", path, files={name: (None, value) for name, value in fields.items()})

    async def picture(self, path: str, most: int) -> tuple[bytes, str] | None:
        """Return a picture's bytes and media type; None when there is none, or none so small."""
        try:
            answer = await self._send("GET", path)
        except ApiRefused:
            return None
        kind = answer.headers.get("content-type", "").partition(";")[0]
        return (answer.content, kind) if len(answer.content) <= most and kind.startswith("image/") else None

    async def _send(self, method: str, path: str, **more: object) -> httpx2.Response:
        try:
            answer = await self.http.request(method, path, **more)  # type: ignore[arg-type]  # as it takes them
        except httpx2.HTTPError as error:
            raise ToolError(
                f"Rushes does not answer at {self.page} ({type(error).__name__}). Start it there: rushes up"
            ) from None
        if answer.status_code >= _ERROR:
            raise ApiRefused(answer.status_code, _words(answer))
        return answer


def _parsed(answer: httpx2.Response, shape: type[Shape]) -> Shape:
    try:
        return TypeAdapter(shape).validate_json(answer.content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise ToolError(
            f"The server's answer is not as this version expects it (at {place or 'its beginning'})."
            " Are both of the same version of Rushes?"
        ) from None


def _words(answer: httpx2.Response) -> str:
    """Return what a problem says: what happened, each fault, what to do, who acts."""
    try:
        problem = ProblemReply.model_validate_json(answer.content)
    except ValidationError:
        return f"The server answered with status {answer.status_code}."
    faults = [f"- {each.where}: {each.message}" for each in problem.errors[:MOST_FAULTS]]
    hint = [f"What to do: {problem.hint}"] if problem.hint else []
    return "\n".join([problem.detail, *faults, *hint, f"Who acts next: {problem.actor} ({problem.code})"])


@asynccontextmanager
async def over_http(url: str, token: str | None) -> AsyncGenerator[RushesApi]:
    """The API of a server elsewhere."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=SECONDS) as http:
        yield RushesApi(http, url)
